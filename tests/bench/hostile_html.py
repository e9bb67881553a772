#!/usr/bin/env python3
"""hostile_html.py - write a page that is hard to parse.

usage: hostile_html.py --list
       hostile_html.py KIND BYTES

A page of KIND is a beginning and then one repeated piece, which may have a number, up to BYTES
bytes.
"""
import sys

ATTRS = ' '.join('a%d=b' % i for i in range(125000))
BOLD = '<p>' + ''.join('<b a=%d>' % i for i in range(60))
LONG = 'title class=\'%s\' id=\'%s\' style=\'%s\'' % ('menu ' * 200, 'nav ' * 250, 'display ' * 120)
# Active formatting elements in as many parts of the list as can be.
MARKERS = ('<template><p>' + ''.join('<i a=%d>' % i for i in range(60)) + '</p>') * 300

# The beginning and the piece, which may have one %d.
KINDS = {
    # texts of one character, and elements without any
    'text': ('<p>', 'The quick brown fox jumps over the lazy dog. '),
    'p': ('', '<p>a'), 'p-empty': ('', '<p>'), 'br': ('', 'a<br>'), 'hr': ('', 'a<hr>'),
    'i': ('<p>', '<i>a</i>'), 'i-empty': ('<p>', 'a<i></i>'), 'span': ('<p>', '<span>a</span>'),
    'link': ('<p>', '<a href=x>a</a>'), 'img': ('<p>', '<img>'), 'img-alt': ('<p>', '<img alt=a>'),
    'li': ('<ul>', '<li>a'), 'dd': ('<dl>', '<dd>a'), 'h1': ('', '<h1>a</h1>'),
    'sup': ('<p>', 'a<sup>1</sup>'), 'pre': ('', '<pre>a</pre>'), 'button': ('', '<button>a'),
    'input': ('', '<input>'), 'form': ('', '<form>a</form>'), 'label': ('', '<label>a'),
    'ruby': ('<ruby>', '<rt>a'), 'object': ('', '<object>a</object>'), 'unknown': ('', '<x>a</x>'),
    'unknown-names': ('', '<x%d>a'), 'title': ('<body>', '<title>a</title>'),
    'script': ('', '<script></script>'), 'style': ('', '<style>a</style>'),
    'textarea': ('', '<textarea>a</textarea>'), 'iframe': ('', '<iframe>a</iframe>'),
    'noscript': ('', '<noscript>a</noscript>'), 'noscript-open': ('', '<noscript>a'),
    'class': ('', '<p class=ad id=nav>a'), 'class-words': ('<p class="', 'menu '),
    'class-names': ('', '<p class=c%d>a'),
    # formatting elements that stay open, and the adoption agency
    'b-open': ('', '<b>a'), 'a-open': ('', '<a>a'), 'nobr-open': ('', '<nobr>a'),
    'font-open': ('', '<font size=%d>a'), 'b-p': ('', '<b><p>a'), 'b60-p': (BOLD, '<p>a'),
    'b60-end': (BOLD, '</p>a'), 'b60-table': (BOLD, '<table>a'), 'b-div': ('<b>', '<div>a</div>'),
    'adopt-b': ('', '<b><p>a</b>'), 'adopt-a': ('', '<a><p>a</a>'),
    'adopt-deep': ('<b>' * 60, '<div>a</b>'), 'adopt-turns': ('', '<b><i><u><p>a</b></i></u>'),
    'adopt-end': ('<b>' + '<div>' * 400, '</b><b>'), 'adopt-p-i': ('', '<p><i>a</p>'),
    'adopt-cross': ('', '<b><i>a</b></i>'), 'a-div': ('', '<a><div>a'),
    'ark': (('<b %s>' % ATTRS) * 3, '<b></b>' + '<div>' * 10 + '</b>' + '</div>' * 10 + 'a'),
    'b-long': ('<p><b %s>' % LONG, '<p>a'), 'a-long': ('<p><a %s>' % LONG, '<p>a'),
    'code-long': ('<p><code %s>' % LONG, '<p>a'), 'p-long': ('', '<p %s>a' % LONG),
    'markers-a': (MARKERS, '<a>a'), 'markers-adopt': (MARKERS, '<b>' + '<q>' * 200 + '<div>a</b></div>'),
    'markers-b': (MARKERS, BOLD + BOLD + '</b>' * 120), 'ark-i': ('<i a><i b><i c>', '<i a>a</i>'),
    'marker': (BOLD, '<object>a</object>'),
    # tables, whose text moves before them
    'td': ('<table>', '<td>a'), 'tr': ('<table>', '<tr><td>a'), 'table': ('', '<table><td>a</table>'),
    'table-open': ('', '<table>a'), 'table-deep': ('', '<table><td>'),
    'foster-text': ('<table>', 'a<tr>'), 'foster-b': ('<table>', '<b>a'),
    'foster-p': ('<table>', '<p>a'), 'foster-br': ('<table>', 'a<br>'), 'foster-div': ('<table>', '<div>a</div>'),
    'foster-nul': ('<table>', 'a\0'), 'foster-a': ('<table>', '<a>a</a>'),
    'caption': ('<table>', '<caption>a'), 'col': ('<table>', '<col>'), 'tbody': ('<table>', '<tbody>'),
    'td-stray': ('', '<td>a'),
    # attributes
    'attrs': ('<p ', 'a '), 'attrs-names': ('<p ', 'a%d=1 '), 'attrs-same': ('<p ', 'class=a '),
    'attrs-b': ('<p><b ' + ATTRS + '>', '<p>a'), 'attrs-body': ('', '<body class=a>'),
    'attrs-input': ('', '<input a b c d e f g h i j>'), 'value': ('<p title="', 'a b '),
    'value-refs': ('<p class="', '&amp;'),
    # references
    'amp': ('<p>', '&amp;'), 'amp-bare': ('<p>', '&'), 'amp-number': ('<p>', '&#x41;'),
    'amp-long': ('<p>', '&CounterClockwiseContourIntegra'), 'amp-prefix': ('<p>', '&notit;'),
    'amp-unknown': ('<p>', '&aaaaaaaa'), 'amp-zero': ('<p>', '&#0000000000000'),
    # depth and stray end tags
    'div-open': ('', '<div>'), 'div-text': ('', '<div>a'), 'span-open': ('', '<span>a'),
    'div-512': ('<div>' * 508, '<p>a</p>'), 'div-512-b': ('<div>' * 508, '<b>a</b>'),
    'div-600-p': ('<div>' * 600, '<p>a</p>'), 'ul-open': ('', '<ul><li>a'), 'div-self': ('', '<div/>'),
    'end-div': ('', '</div>'), 'end-p': ('', '</p>'), 'end-br': ('', '</br>'), 'end-x': ('', '</x>'),
    'end-b': ('', '</b>'), 'end-h1': ('<div>' * 500, '</h1>'), 'end-li': ('<div>' * 500, '</li>'),
    'end-td': ('<table><td>' + '<div>' * 500, '</tr>'), 'end-body': ('<p>', 'a</body>'),
    'end-h-scope': (''.join('<h%d><div>' % i for i in range(1, 7)) + '<object>' + '<q>' * 480, '</h1>'),
    'end-q-scope': ('<x><div>' + '<q>' * 500, '</x>'), 'table-500': ('<div>' * 500, '<table></table>'),
    'li-500': ('<div>' * 500, '<li>a'), 'p-500': ('<span>' * 500, '<p>'),
    # <select>, <svg>, <math>, <template>, <frameset>
    'select': ('', '<select><option>a</select>'), 'option': ('<select>', '<option>a'),
    'optgroup': ('<select>', '<optgroup><option>a'), 'svg': ('', '<svg></svg>'),
    'svg-g': ('', '<svg><g>'), 'svg-path': ('<svg>', '<path/>'), 'svg-p': ('', '<svg><p>a'),
    'svg-desc': ('', '<svg><desc>a'), 'svg-text': ('<svg>', '<text>a</text>'),
    'svg-font': ('<svg>', '<font a b c>a'), 'svg-end': ('<svg>' + '<g>' * 500, '</x>'),
    'math': ('', '<math><mi>a</mi></math>'), 'math-open': ('', '<math><mi>a'),
    'math-annotation': ('', '<math><annotation-xml encoding=text/html>a'),
    'cdata': ('<svg>', '<![CDATA[a]]>'), 'template': ('', '<template>a</template>'),
    'template-open': ('', '<template>a'), 'template-td': ('', '<template><td>a</template>'),
    'frameset': ('', '<frameset>'), 'frame': ('<frameset>', '<frame>'), 'frameset-text': ('<frameset>', ' a'),
    # comments, declarations, raw text
    'comment': ('', '<!---->'), 'comment-text': ('<p>', 'a<!---->'), 'comment-open': ('', '<!--'),
    'comment-dash': ('<!--', '-'), 'comment-gt': ('<!--', '->'), 'bogus': ('', '<!a>'), 'bogus-end': ('', '</ >'),
    'doctype': ('', '<!doctype html>'), 'pi': ('', '<?a>'), 'lt': ('<p>', '<'), 'lt-slash': ('<p>', '</>'),
    'tag-open': ('', '<a '), 'script-lt': ('<script>', '<'), 'script-end': ('<script>', '</scrip'),
    'script-names': ('<script><!--', '<a'), 'script-name': ('<script><!--<', 'a'), 'script-twice': ('<script>', '<!--<script>'), 'title-end': ('<title>', '</titl '),
    'noscript-lt': ('<noscript>', '</noscrip>'), 'plaintext': ('<plaintext>', '<p>a'),
    # characters
    'blank': ('<p>', ' '), 'lines': ('<p>', '\n'), 'crlf': ('<p>', 'a\r\n'), 'cr': ('<p>', 'a\r'),
    'nul': ('<p>', 'a\0'), 'control': ('<p>', 'a\1'), 'letters': ('<p>', 'a'), 'nbsp': ('<p>', 'a\xa0'),
    'cjk': ('<p>', '\u4e2d'), 'pre-lines': ('<pre>', 'a\n'), 'digits': ('<td>', '1 '),
}


def page(kind, size):
    begin, piece = KINDS[kind]
    if '%d' not in piece:
        return (begin + piece * ((size - len(begin)) // len(piece.encode()) + 1)).encode()
    out, n = [begin], len(begin)
    while n < size:
        out.append(piece % len(out))
        n += len(out[-1])
    return ''.join(out).encode()


if __name__ == '__main__':
    if sys.argv[1:] == ['--list']:
        print('\n'.join(KINDS))
    elif len(sys.argv) == 3 and sys.argv[1] in KINDS:
        sys.stdout.buffer.write(page(sys.argv[1], int(sys.argv[2])))
    else:
        sys.exit(__doc__)
