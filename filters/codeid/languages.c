/*
 * languages.c - the table of programming languages, look-up by name, and sets of them.
 *
 * Names are those of the directories of The Stack (https://arxiv.org/abs/2211.15533)
 * where it has the language.  '?' marks a weak extension.
 */
#include "filters/codeid/languages.h"

#include "lib/base/chars.h"
#include "lib/driver/opt.h"

/* clang-format off */
const struct code_lang code_langs[] = {
	{ "abap", .ext = "abap" },
	{ "actionscript", .ext = "as?", .mode = "actionscript3 as3" },
	{ "ada", .ext = "adb ada ads", .mode = "ada95 ada2005" },
	{ "agda", .ext = "agda" },
	{ "alloy", .ext = "als" },
	{ "ampl", .ext = "ampl" },
	{ "antlr", .ext = "g4" },
	{ "apacheconf",
	  .ext = "apacheconf vhost",
	  .file = ".htaccess apache2.conf httpd.conf",
	  .mode = "aconf apache" },
	{ "apex", .ext = "apex" },
	{ "applescript",
	  .ext = "applescript scpt",
	  .interp = "osascript",
	  .mode = "apples osascript" },
	{ "asciidoc", .ext = "asciidoc adoc asc?" },
	{ "asn1", .ext = "asn asn1", .mode = "asn.1" },
	{ "asp-net", .ext = "asax ascx ashx asmx aspx axd", .mode = "asp.net aspx-vb" },
	{ "assembly", .ext = "asm a51 inc? nas nasm s?", .mode = "m68k gas masm" },
	{ "astro", .ext = "astro" },
	{ "asymptote", .ext = "asy", .interp = "asy" },
	{ "augeas", .ext = "aug" },
	{ "autohotkey", .ext = "ahk ah1 ah2 ahkl" },
	{ "autoit", .ext = "au3", .mode = "autoit3 autoitscript" },
	{ "awk",
	  .ext = "awk auk gawk mawk nawk",
	  .interp = "awk gawk mawk nawk original-awk" },
	{ "ballerina", .ext = "bal" },
	{ "batchfile",
	  .ext = "bat cmd",
	  .file = "gradlew.bat mvnw.cmd",
	  .mode = "batch dosbatch winbatch" },
	{ "bitbake", .ext = "bb? bbappend bbclass" },
	{ "bluespec", .ext = "bsv" },
	{ "brainfuck", .ext = "bf" },
	{ "c", .ext = "c cats h? h.in w inc?", .interp = "tcc" },
	{ "c-sharp",
	  .ext = "cs cake csx cs.pp",
	  .interp = "dotnet-script",
	  .mode = "c# csharp cakescript" },
	{ "capn-proto", .ext = "capnp" },
	{ "chapel", .ext = "chpl" },
	{ "clojure",
	  .ext = "clj cl2 cljc cljs cljs.hl cljscm cljx boot",
	  .file = "riemann.config",
	  .interp = "bb clojure clj" },
	{ "cmake", .ext = "cmake cmake.in", .file = "CMakeLists.txt" },
	{ "cobol", .ext = "cob cbl ccp cobol cpy" },
	{ "coffeescript",
	  .ext = "coffee _coffee cjsx coffee.erb iced",
	  .file = "Cakefile",
	  .interp = "coffee",
	  .mode = "coffee-script" },
	{ "coldfusion", .ext = "cfm cfml" },
	{ "common-lisp",
	  .ext = "lisp asd cl? l? lsp ny? podsl sexp",
	  .interp = "lisp sbcl ccl clisp ecl" },
	{ "coq", .ext = "v? coq", .mode = "rocq" },
	{ "cpp",
	  .ext = "cpp c++ cc cp cppm cxx h? h++ hh hpp hxx inl ino ipp ixx tcc "
	    "tpp txx c++m re? inc?" },
	{ "crystal", .ext = "cr", .interp = "crystal" },
	{ "csound", .ext = "orc? udo", .mode = "csound-orc" },
	{ "css", .ext = "css" },
	{ "csv", .ext = "csv tsv" },
	{ "cuda", .ext = "cu cuh" },
	{ "cython", .ext = "pyx pxd pxi", .mode = "pyrex" },
	{ "d", .ext = "d? di", .interp = "rdmd dmd", .mode = "dlang" },
	{ "dart", .ext = "dart", .interp = "dart" },
	{ "dhall", .ext = "dhall" },
	{ "diff", .ext = "diff patch?", .mode = "udiff" },
	{ "dockerfile",
	  .ext = "dockerfile containerfile",
	  .file = "Containerfile Dockerfile dockerfile containerfile",
	  .mode = "docker" },
	{ "eiffel", .ext = "e?" },
	{ "ejs", .ext = "ejs ect ejs.t jst" },
	{ "elixir",
	  .ext = "ex exs html.eex heex leex",
	  .file = "mix.lock",
	  .interp = "elixir",
	  .mode = "html+eex eex" },
	{ "elm", .ext = "elm" },
	{ "emacs-lisp",
	  .ext = "el",
	  .file = ".abbrev_defs .emacs .emacs.desktop .gnus .spacemacs .viper Cask "
	    "Eask Project.ede _emacs abbrev_defs",
	  .interp = "emacs",
	  .mode = "cask eask elisp emacs lisp-interaction" },
	{ "erb", .ext = "erb rhtml", .mode = "html+erb html+ruby" },
	{ "erlang",
	  .ext = "erl app.src? escript hrl xrl yrl",
	  .file = "Emakefile rebar.config rebar.config.lock rebar.lock",
	  .interp = "escript" },
	{ "f-sharp", .ext = "fs? fsi fsx", .interp = "fsharpi", .mode = "f# fsharp" },
	{ "factor", .ext = "factor", .file = ".factor-boot-rc .factor-rc" },
	{ "fennel", .ext = "fnl", .interp = "fennel" },
	{ "fish", .ext = "fish", .interp = "fish" },
	{ "flatbuffers", .ext = "fbs" },
	{ "forth", .ext = "fth 4th forth fr? frt fs? f?" },
	{ "fortran", .ext = "f? f77 for? fpp f90 f03 f08 f95 ftn f18" },
	{ "freebasic", .ext = "bi", .mode = "fb" },
	{ "gams", .ext = "gms" },
	{ "gap", .ext = "gap" },
	{ "gdscript", .ext = "gd" },
	{ "gettext", .ext = "po pot" },
	{ "gherkin", .ext = "feature? story?", .mode = "cucumber" },
	{ "gleam", .ext = "gleam" },
	{ "glsl",
	  .ext = "glsl fs? fsh fshader geo geom glslf glslv gshader rchit shader "
	    "tesc tese vert vs vsh vshader frag? gs?" },
	{ "gnuplot", .ext = "gp gnu gnuplot plt?", .interp = "gnuplot" },
	{ "go", .ext = "go", .mode = "golang" },
	{ "graphql", .ext = "graphql gql graphqls" },
	{ "graphviz", .ext = "dot? gv" },
	{ "groovy",
	  .ext = "gradle groovy nf",
	  .file = "Jenkinsfile nextflow.config",
	  .interp = "groovy nextflow groovysh",
	  .mode = "nextflow" },
	{ "haml", .ext = "haml slim" },
	{ "handlebars", .ext = "handlebars hbs mustache", .mode = "htmlbars" },
	{ "hare", .ext = "ha" },
	{ "haskell",
	  .ext = "hs hs-boot hsc lhs",
	  .interp = "runghc runhaskell runhugs stack cabal",
	  .mode = "c2hs lhaskell literate-haskell" },
	{ "haxe", .ext = "hx hxsl" },
	{ "hcl", .ext = "hcl nomad tf tfvars tofu", .mode = "opentofu terraform" },
	{ "hlsl", .ext = "hlsl cginc fx fxh hlsli" },
	{ "html", .ext = "html htm xht xhtml shtml inc?" },
	{ "hy", .ext = "hy", .interp = "hy", .mode = "hylang" },
	{ "idris", .ext = "idr lidr" },
	{ "ini",
	  .ext = "editorconfig gitconfig ini cfg? cnf properties? service? conf? "
	    "desktop reg",
	  .file = ".editorconfig .gitconfig .gitmodules .tgitconfig "
	    "config.worktree .buckconfig .coveragerc .flake8 .gitreview "
	    ".pylintrc buildozer.spec pylintrc vlcrc",
	  .mode = "editor-config gitmodules dosini conf-unix" },
	{ "isabelle", .ext = "thy" },
	{ "j", .ext = "ijs", .interp = "jconsole" },
	{ "janet", .ext = "janet", .interp = "janet" },
	{ "java", .ext = "java", .interp = "java" },
	{ "java-server-pages", .ext = "jsp tag?" },
	{ "javascript",
	  .ext = "js _js cjs es6 jscad jsfl jslib jsm jss jsx mjs sjs ssjs xsjs "
	    "xsjslib frag? gs?",
	  .file = "Jakefile",
	  .interp = "chakra d8 gjs js node nodejs qjs rhino v8 v8-shell phantomjs",
	  .mode = "node js2 javascriptreact rjsx" },
	{ "jinja",
	  .ext = "jinja j2 jinja2 twig tmpl?",
	  .mode = "django html+django html+jinja htmldjango" },
	{ "json",
	  .ext = "json 4dform 4dproject avsc geojson gltf har json-tmlanguage "
	    "json.example jsonl mcmeta sarif slnlaunch tfstate "
	    "tfstate.backup topojson webapp webmanifest jsonc code-snippets "
	    "code-workspace hujson sublime-build sublime-color-scheme "
	    "sublime-commands sublime-completions sublime-keymap "
	    "sublime-macro sublime-menu sublime-mousemap sublime-project "
	    "sublime-settings sublime-theme sublime-workspace "
	    "sublime_metrics sublime_session tsconfig.json json5 jsonld yy?",
	  .file = ".all-contributorsrc .arcconfig .auto-changelog .c8rc "
	    ".htmlhintrc .imgbotconfig .nycrc .releaserc .secrets.baseline "
	    ".tern-config .tern-project .watchmanconfig MODULE.bazel.lock "
	    "Package.resolved Pipfile.lock bun.lock composer.lock deno.lock "
	    "flake.lock mcmod.info .babelrc .devcontainer.json .eslintrc "
	    ".eslintrc.json .jscsrc .jshintrc .jslintrc .oxlintrc.json "
	    ".swcrc api-extractor.json devcontainer.json jsconfig.json "
	    "language-configuration.json tsconfig.json tslint.json",
	  .mode = "js-json" },
	{ "jsonnet", .ext = "jsonnet libsonnet" },
	{ "julia", .ext = "jl", .interp = "julia" },
	{ "jupyter-scripts", .ext = "ipynb", .file = "Notebook" },
	{ "kotlin", .ext = "kt kts", .interp = "kotlin kotlinc" },
	{ "lean", .ext = "lean hlean", .mode = "lean4" },
	{ "less", .ext = "less", .mode = "less-css" },
	{ "lex", .ext = "l? ll lpp flex", .file = "Lexer.x lexer.x" },
	{ "lilypond", .ext = "ly ily" },
	{ "linker-script", .ext = "ld? lds x?", .file = "ld.script" },
	{ "liquid", .ext = "liquid" },
	{ "livescript", .ext = "ls? _ls", .file = "Slakefile", .mode = "live-script" },
	{ "llvm", .ext = "ll" },
	{ "logtalk", .ext = "lgt logtalk" },
	{ "lua",
	  .ext = "lua nse rockspec wlua fcgi?",
	  .file = ".luacheckrc",
	  .interp = "lua luajit" },
	{ "m4",
	  .ext = "m4 mc? ac",
	  .file = "configure.ac configure.in aclocal.m4",
	  .mode = "m4sugar autoconf" },
	{ "makefile",
	  .ext = "mak make makefile mk",
	  .file = "BSDmakefile GNUmakefile Kbuild Makefile Makefile.am "
	    "Makefile.boot Makefile.frag Makefile.in Makefile.inc "
	    "Makefile.pc Makefile.wat makefile makefile.sco mkfile "
	    "makefile.am GNUmakefile.in MAKEFILE",
	  .interp = "make",
	  .mode = "bsdmake mf automake makefile-gmake gnumakefile" },
	{ "markdown",
	  .ext = "md markdown mdown mdwn mkd mkdn mkdown ronn scd?",
	  .file = "contents.lr README.md",
	  .mode = "pandoc gfm" },
	{ "mathematica",
	  .ext = "cdf m? ma? mt? nb? nbp wl wls wlt",
	  .interp = "wolfram WolframKernel wolframscript math MathKernel "
	    "MathematicaScript WolframNB Mathematica",
	  .mode = "mma wolfram" },
	{ "matlab", .ext = "m?", .interp = "octave octave-cli", .mode = "octave" },
	{ "mercury", .ext = "m? moo", .interp = "mmi" },
	{ "mermaid", .ext = "mmd mermaid" },
	{ "meson", .file = "meson.build meson_options.txt" },
	{ "metal", .ext = "metal" },
	{ "modula-2", .ext = "mod?" },
	{ "moonscript", .ext = "moon", .interp = "moon" },
	{ "nginx", .ext = "nginx nginxconf", .file = "nginx.conf" },
	{ "nim", .ext = "nim nim.cfg nimble nims", .file = "nim.cfg", .interp = "nimcr" },
	{ "ninja", .ext = "ninja" },
	{ "nix", .ext = "nix", .mode = "nixos" },
	{ "nsis", .ext = "nsi nsh" },
	{ "objective-c",
	  .ext = "m? h? mm pch",
	  .mode = "obj-c objc objectivec objective-c++ obj-c++ objc++ objectivec++ "
	    "objcpp" },
	{ "ocaml",
	  .ext = "ml eliom eliomi ml4 mli mll mly",
	  .interp = "ocaml ocamlrun ocamlscript",
	  .mode = "tuareg caml" },
	{ "odin", .ext = "odin", .mode = "odinlang odin-lang" },
	{ "opencl", .ext = "cl? opencl" },
	{ "openscad", .ext = "scad" },
	{ "org", .ext = "org" },
	{ "pascal",
	  .ext = "pas dfm dpr inc? lpr pascal pp? dpk lfm",
	  .interp = "instantfpc",
	  .mode = "delphi objectpascal" },
	{ "pawn", .ext = "pwn" },
	{ "perl",
	  .ext = "pl? al? cgi? perl ph plx pm psgi t? pod? fcgi?",
	  .file = ".latexmkrc Makefile.PL Rexfile ack cpanfile latexmkrc",
	  .interp = "cperl perl perl5",
	  .mode = "cperl" },
	{ "php",
	  .ext = "blade blade.php phtml hack hhi php ctp inc? php3 php4 php5 phps "
	    "phpt fcgi?",
	  .file = ".php .php_cs .php_cs.dist Phakefile",
	  .interp = "php php-cgi",
	  .mode = "html+php" },
	{ "pike", .ext = "pike pmod", .interp = "pike" },
	{ "plantuml", .ext = "puml plantuml" },
	{ "pony", .ext = "pony" },
	{ "postscript", .ext = "ps eps? epsi", .mode = "postscr" },
	{ "powershell", .ext = "ps1 psd1 psm1", .interp = "pwsh", .mode = "posh pwsh" },
	{ "processing", .ext = "pde" },
	{ "prolog", .ext = "pl? pro? prolog yap plt? p?", .interp = "swipl yap gprolog" },
	{ "protocol-buffer", .ext = "proto", .mode = "protobuf" },
	{ "pug", .ext = "jade pug" },
	{ "puppet", .ext = "pp?", .file = "Modulefile" },
	{ "purebasic", .ext = "pb pbi" },
	{ "purescript", .ext = "purs" },
	{ "python",
	  .ext = "py cgi? fcgi gyp gypi py3 pyi pyt pyw tac wsgi xpy spec?",
	  .file = ".gclient DEPS SConscript SConstruct wscript",
	  .interp = "python python2 python3 py pypy pypy3 uv",
	  .mode = "python3 rusthon" },
	{ "qml", .ext = "qml qbs" },
	{ "r",
	  .ext = "r? rsx rprofile rd",
	  .file = ".Rapp.history .Rhistory .Rprofile expr-dist",
	  .interp = "Rscript",
	  .mode = "rscript splus ess" },
	{ "racket", .ext = "rkt rktd rktl scrbl", .interp = "racket" },
	{ "ragel", .ext = "rl", .mode = "ragel-rb ragel-ruby" },
	{ "raku",
	  .ext = "nqp p6 p6m pl? pl6 pm pm6 raku rakumod t? rakudoc rakutest",
	  .interp = "perl6 raku rakudo",
	  .mode = "perl6 perl-6" },
	{ "reason", .ext = "rei re?" },
	{ "rebol", .ext = "reb r2 r3 rebol" },
	{ "red", .ext = "red reds", .mode = "red/system" },
	{ "rescript", .ext = "resi" },
	{ "restructuredtext", .ext = "rst rest rest.txt rst.txt" },
	{ "rexx", .ext = "rexx pprx rex", .interp = "regina rexx", .mode = "arexx" },
	{ "rmarkdown", .ext = "qmd rmd" },
	{ "roff",
	  .ext = "roff 1? 1in 2? 3? 3in 4? 5? 6? 7? 8? 9? man? mdoc nr tmac",
	  .file = "eqnrc mmn mmt troffrc troffrc-end",
	  .mode = "groff manpage man-page nroff troff" },
	{ "rpm-spec", .ext = "spec?", .mode = "specfile" },
	{ "ruby",
	  .ext = "rb builder fcgi gemspec jbuilder podspec prawn rake rbi rbuild "
	    "rbw rbx ru ruby thor spec?",
	  .file = ".irbrc .pryrc .simplecov Appraisals Berksfile Brewfile "
	    "Buildfile Capfile Dangerfile Deliverfile Fastfile Gemfile "
	    "Guardfile Jarfile Mavenfile Podfile Puppetfile Rakefile "
	    "Snapfile Steepfile Thorfile Vagrantfile buildfile",
	  .interp = "ruby macruby rake jruby rbx",
	  .mode = "jruby macruby" },
	{ "rust", .ext = "rs rs.in", .interp = "rust-script", .mode = "rustic" },
	{ "sas", .ext = "sas" },
	{ "scala", .ext = "scala kojo sbt sc?", .interp = "scala" },
	{ "scheme",
	  .ext = "scm sld sls sps ss",
	  .interp = "scheme guile bigloo chicken gosh r6rs mit-scheme scheme-script "
	    "csi" },
	{ "scilab", .ext = "sci sce" },
	{ "scss", .ext = "scss sass" },
	{ "shell",
	  .ext = "sh bash bats command? ksh pacscript sbatch sh.in slurm tmux "
	    "tool zsh zsh-theme ebuild eclass install? profile? fcgi? cgi?",
	  .file = ".bash_aliases .bash_functions .bash_history .bash_logout "
	    ".bash_profile .bashrc .cshrc .envrc .flaskenv .kshrc .login "
	    ".profile .tmux.conf .xinitrc .xsession .zlogin .zlogout "
	    ".zprofile .zshenv .zshrc PKGBUILD bash_aliases bash_logout "
	    "bash_profile bashrc cshrc gradlew kshrc mvnw tmux.conf xinitrc "
	    "xsession zlogin zlogout zprofile zshenv zshrc",
	  .interp = "ash bash dash ksh mksh pdksh rc sh zsh",
	  .mode = "shell-script envrc" },
	{ "smalltalk", .ext = "st?", .mode = "squeak" },
	{ "smarty", .ext = "tpl?" },
	{ "smt",
	  .ext = "smt2 smt z3",
	  .interp = "boolector cvc4 mathsat5 opensmt smtinterpol smt-rat stp verit "
	    "yices2 z3" },
	{ "solidity", .ext = "sol" },
	{ "sourcepawn", .ext = "sp?", .mode = "sourcemod" },
	{ "sparql", .ext = "sparql rq" },
	{ "sql",
	  .ext = "pls? ddl pck pkb pks plb plsql prc spc sql pgsql db2 psql tsql "
	    "inc? tab? udf viw tps tpb fnc bdy trg vw",
	  .interp = "psql sqlite3 mysql",
	  .mode = "plpgsql sqlpl mysql sqloracle" },
	{ "squirrel", .ext = "nut" },
	{ "stan", .ext = "stan" },
	{ "standard-ml", .ext = "fun? sig? sml" },
	{ "starlark",
	  .ext = "bzl star sky",
	  .file = "BUCK BUILD BUILD.bazel MODULE.bazel Tiltfile WORKSPACE "
	    "WORKSPACE.bazel WORKSPACE.bzlmod",
	  .mode = "bazel" },
	{ "stata", .ext = "do? ado" },
	{ "stylus", .ext = "styl" },
	{ "supercollider", .ext = "scd?", .interp = "sclang scsynth" },
	{ "svelte", .ext = "svelte" },
	{ "svg", .ext = "svg" },
	{ "swift", .ext = "swift" },
	{ "systemverilog", .ext = "sv svh vh svi" },
	{ "tcl",
	  .ext = "tcl tm? tk exp itcl",
	  .file = "owh starfield",
	  .interp = "tclsh wish expect jimsh",
	  .mode = "sdc xdc expect" },
	{ "tcsh", .ext = "tcsh csh", .interp = "tcsh csh" },
	{ "tex",
	  .ext = "bib bibtex bst tex bbx cbx cls? dtx ins lbx ltx sty latex",
	  .mode = "plaintex context plain-tex" },
	{ "texinfo", .ext = "texinfo texi txi", .interp = "makeinfo" },
	{ "text",
	  .ext = "txt? text? readme",
	  .file = "README LICENSE LICENCE COPYING NEWS AUTHORS ChangeLog CHANGELOG "
	    "CHANGES INSTALL THANKS HISTORY CONTRIBUTORS NOTICE COPYRIGHT "
	    "BUGS CREDITS requirements.txt robots.txt go.mod go.sum",
	  .mode = "help fundamental change-log outline" },
	{ "thrift", .ext = "thrift" },
	{ "tla", .ext = "tla" },
	{ "toml",
	  .ext = "toml toml.example",
	  .file = "Cargo.lock Cargo.toml.orig Gopkg.lock Pipfile mise.local.lock "
	    "mise.lock pdm.lock poetry.lock uv.lock" },
	{ "turtle", .ext = "ttl" },
	{ "typescript",
	  .ext = "tsx ts cts mts",
	  .interp = "deno ts-node tsx",
	  .mode = "typescriptreact" },
	{ "vala", .ext = "vala vapi" },
	{ "verilog", .ext = "v? veo vh" },
	{ "vhdl", .ext = "vhdl vhd vhf vhi vho vhs vht vhw" },
	{ "vim-script",
	  .ext = "vim vimrc vmb",
	  .file = ".exrc .gvimrc .nvimrc .vimrc _vimrc gvimrc nvimrc vimrc",
	  .interp = "vim",
	  .mode = "viml nvim vimscript" },
	{ "visual-basic",
	  .ext = "bas cls? frm vba vbs vb vbhtml ctl dsr",
	  .mode = "vbscript vbnet vb.net vb6 basic" },
	{ "vlang", .ext = "v? vsh", .interp = "v" },
	{ "vue", .ext = "vue" },
	{ "wdl", .ext = "wdl" },
	{ "webassembly", .ext = "wast wat", .mode = "wasm" },
	{ "xml",
	  .ext = "xml adml admx ant axaml axml builds ccproj ccxml clixml "
	    "cproject cscfg csdef csl csproj depproj dita ditamap ditaval "
	    "dll.config dotsettings filters fsproj fxml glade gml gmx gpx "
	    "grxml gst icls iml ivy jelly jsproj kml launch mdpolicy meta4 "
	    "mjml mxml natvis ndproj nproj nuspec osm pkgproj proj props "
	    "ps1xml psc1 pubxml qhelp rbxmx rdf resx rss scxml sfproj shproj "
	    "slnx srdf storyboard sublime-snippet targets ui urdf vbproj "
	    "vcxproj vsixmanifest vssettings vstemplate vxml wixproj wsdl "
	    "wsf wxi wxl wxs x3d xacro xaml xib xlf xliff xmi xml.dist xmp "
	    "xproj xsd xspec xul zcml plist sttheme tmcommand tmlanguage "
	    "tmpreferences tmsnippet tmtheme dtd ent docbook dbk mml xsl "
	    "xslt mm? mod? ct?",
	  .file = "pom.xml .classpath .cproject .project App.config NuGet.config "
	    "Settings.StyleCop Web.Debug.config Web.Release.config "
	    "Web.config packages.config",
	  .mode = "nxml docbk sgml" },
	{ "xquery", .ext = "xquery xq xql xqm xqy" },
	{ "xtend", .ext = "xtend" },
	{ "yacc", .ext = "bison y yacc ypp yxx yy?" },
	{ "yaml",
	  .ext = "yml sublime-syntax yaml yaml-tmlanguage syntax? mir reek",
	  .file = ".clang-format .clang-tidy .clangd .eslintrc .gemrc .releaserc "
	    "CITATION.cff glide.lock pixi.lock yarn.lock .travis.yml" },
	{ "yang", .ext = "yang" },
	{ "zeek", .ext = "zeek bro" },
	{ "zig", .ext = "zig zig.zon" },
};
/* clang-format on */

const size_t code_langs_n = sizeof code_langs / sizeof *code_langs;

struct code_set
code_set_and(struct code_set a, struct code_set b)
{
	for (size_t i = 0; i < sizeof a.bits / sizeof *a.bits; i++)
		a.bits[i] &= b.bits[i];
	return a;
}

unsigned
code_set_count(const struct code_set *s)
{
	unsigned n = 0;

	for (size_t i = 0; i < sizeof s->bits / sizeof *s->bits; i++)
		n += (unsigned)__builtin_popcountll(s->bits[i]);
	return n;
}

unsigned
code_set_first(const struct code_set *s)
{
	for (unsigned i = 0; i < sizeof s->bits / sizeof *s->bits; i++)
		if (s->bits[i])
			return i * 64 + (unsigned)__builtin_ctzll(s->bits[i]);
	return CODE_NONE;
}

int
code_compare_names(struct span a, struct span b)
{
	const size_t n = a.n < b.n ? a.n : b.n;
	const int order = n ? memcmp(a.p, b.p, n) : 0;

	return order ? order : (a.n > b.n) - (a.n < b.n);
}

unsigned
code_lang_find(struct span name)
{
	size_t from = 0, to = code_langs_n;

	while (from < to) {
		const size_t middle = (from + to) / 2;
		const int order =
		    code_compare_names(name, span_of(code_langs[middle].name));

		if (order == 0)
			return (unsigned)middle;
		if (order < 0)
			to = middle;
		else
			from = middle + 1;
	}
	return CODE_NONE;
}

static int
err_no_language(const char *option, struct span name, struct err *err)
{
	const char *names[CODE_LANGS_MAX], *near;

	for (size_t i = 0; i < code_langs_n; i++)
		names[i] = code_langs[i].name;
	near = opt_nearest(name, names, code_langs_n);
	return err_set(err, EXIT_USAGE, "--%s: unknown language '%.*s': %s%s%s", option,
	    (int)name.n, name.p, near ? "did you mean '" : "tamis-codeid(1) lists them",
	    near ? near : "", near ? "'" : "");
}

int
code_set_parse(struct code_set *set, const char *option, const char *list, bool *unknown,
    struct err *err)
{
	struct span name;

	*set = (struct code_set){ 0 };
	while (list_next(&list, &name)) {
		const unsigned lang = code_lang_find(name);

		if (unknown && span_eq(name, SPAN(CODE_UNKNOWN)))
			*unknown = true;
		else if (lang == CODE_NONE)
			return err_no_language(option, name, err);
		else
			code_set_add(set, lang);
	}
	return 0;
}
