/* peer_cld2.cc - CLD2 on lines of text: what langid is measured beside. */
#include <cstdio> /* what CLD2's header forgets: before it, whatever the order of names */
#include <iostream>
#include <string>

#include <cld2/public/compact_lang_det.h>

int
main()
{
	std::string line;
	unsigned long sum = 0;

	while (std::getline(std::cin, line)) {
		bool reliable;

		sum += static_cast<unsigned long>(CLD2::DetectLanguage(
		    line.data(), static_cast<int>(line.size()), true, &reliable));
	}
	std::cout << sum << '\n';
	return 0;
}
