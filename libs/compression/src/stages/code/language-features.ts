import type { CodeLanguage } from './syntax-parser.js';

/** Languages told apart from ours only to leave them alone. */
type OtherLanguage =
  'csharp' | 'php' | 'ruby' | 'shell' | 'kotlin' | 'swift' | 'scala' | 'lua' | 'sql' | 'css';

/** What JavaScript and TypeScript share, and C and C++. */
export type LanguageFamily = 'ecmascript' | 'c-family';
export type Feature =
  Exclude<CodeLanguage, 'javascript' | 'tsx' | 'c'> | LanguageFamily | OtherLanguage | 'jsx';

/** What a line without its indentation looks like → how much that speaks for the language. */
export type LineFeature = readonly [feature: Feature, weight: number, pattern: RegExp];

/** The patterns of one language stand from the strongest to the weakest; of each language the first that matches counts. */
export const LINE_FEATURES: readonly LineFeature[] = [
  [
    'python',
    3,
    /^(?:async )?def \w+\(.{0,200}[:(,]$|^class \w+(?:\(.{0,200}\))?:$|^from [\w.]+ import |^if __name__ ==|^"""|^'''/,
  ],
  [
    'python',
    1.5,
    /^import [\w.]+(?: as \w+)?(?:, [\w., ]{1,200})?$|^(?:elif |else:|try:|finally:|except\b|raise [A-Z]|pass$)|^(?:if|for|while|with) .{1,200}:$/,
  ],
  ['python', 0.7, /\bself\.\w|\bNone\b|\bTrue\b|\bFalse\b| not in | is not |^print\(.{0,200}\)$|^def \w+\(/],

  [
    'ecmascript',
    3,
    /^(?:import|export) .{0,200}from ['"]|^export (?:default|const|let|async|function|class|\*|\{|type|interface|enum|abstract|declare)|\brequire\(['"]|\bmodule\.exports|\bexports\.\w+ =|^'use strict'|^} from ['"]/,
  ],
  [
    'ecmascript',
    2,
    /^(?:async )?function\s?\*?\s?\w*\s?\(|===|!==|\bconsole\.(?:log|error|warn|info)\(|^(?:describe|it|test)\(['"`]|\bfunction\s?\w*\s?\(|\basync \(/,
  ],
  [
    'ecmascript',
    1,
    /^(?:const|let|var) [\w$]+ =|^(?:const|let|var) [{[]|[=(,:] ?(?:\(\)|\([\w$, ]{1,80}\)|[\w$]+) => |\btypeof |\bundefined\b|\$\{|^constructor\(/,
  ],
  [
    'typescript',
    3,
    /^(?:import|export) type\b|^type \w+(?: as \w+)?,$|^(?:export )?(?:declare )?type \w+(?:<.{1,100}>)? ?=|^export (?:default )?(?:interface|enum|abstract|declare)\b|^declare (?:const|module|global|function|namespace)\b|\w\??: ?(?:string|number|boolean|any|void|unknown|never|undefined)\b/,
  ],
  [
    'typescript',
    1.5,
    /\) ?: ?[\w<>[\]|. ]{1,100} (?:\{|=>)|^(?:private|public|protected|readonly|static) (?:readonly |static |async )?\w+\??(?:: |\()|^interface \w.{0,100}\{$|\bas (?:any|const|unknown|[A-Z]\w{0,50})\b[;,)]|^(?:export )?(?:const|let) \w+: [A-Z]\w+(?:<|\[| =)|\bimplements \w+/,
  ],
  [
    'jsx',
    1,
    /^<\/?[A-Za-z][\w.]*(?:\s[\w-]{1,50}=|\s?\/?>)|^\/>|^return <[A-Za-z]|\bclassName=|=> <[A-Za-z]|^<>$|^<\/>/,
  ],

  [
    'go',
    4,
    /^type \w+ (?:struct|interface|func|map|\[\])|\bif err != nil\b|^func \(\w+ \*?[\w.[\]]+\) \w+\(|^package \w+$|^import \($/,
  ],
  [
    'go',
    2,
    /^func \w*(?:\[.{1,80}\])?\([^>]{0,200}$|:= |^defer \w|\bgo func\(|^import "|\b(?:fmt|errors|strings|http|os|strconv|reflect)\.[A-Z]\w/,
  ],
  ['go', 0.7, /\bnil\b|^var \w+ [\w.[\]*]+|^case .{1,100}:$|^(?:\w+ )?"[\w./-]+"$|\binterface\{\}|\bchan \w/],

  [
    'rust',
    4,
    /^(?:pub(?:\([\w: ]{1,30}\))? )?(?:async |const |unsafe |extern "C" )*fn \w+|^#!?\[\w|\blet mut \w|^(?:pub(?:\([\w: ]{1,30}\))? )?use [\w:]+(?:::|;)|^(?:pub(?:\([\w: ]{1,30}\))? )(?:struct|enum|trait|mod|type|const|static) /,
  ],
  [
    'rust',
    2,
    /^(?:unsafe )?impl\b|&mut |&self\b|&'?\w* ?str\b|-> (?:Self|Result|Option|io::|Box|Vec|&)|\.unwrap\(\)|\)\?[;.)]|^match .{1,100}\{$|^if let |^(?:trait|mod) \w+/,
  ],
  [
    'rust',
    0.7,
    /\b[a-z_]+!\(|\bSome\(|\bOk\(|\bErr\(|::<|\bcrate::|\|\w+\| |^let \w+ = .{1,200};$|: u(?:8|16|32|64|size)\b/,
  ],

  [
    'java',
    4,
    /^package [\w.]+;|^import (?:static )?[\w.]+(?:\.\*)?;|^@(?:Override|Test|Nullable|Deprecated|SuppressWarnings|Autowired)\b|\bSystem\.out\.|^(?:public|protected|private) (?:static |final |abstract )*(?:class|interface|enum|record|@interface) \w/,
  ],
  [
    'java',
    2,
    /^(?:public|private|protected) (?:static |final |abstract |synchronized )*(?:<.{1,60}> )?[\w.<>[\], ?]{1,100} \w+ ?(?:\(|=|;)|\) throws \w|^(?:final |static |abstract )+(?:class|[\w<>[\]]+ \w+ ?[=;(])/,
  ],
  [
    'java',
    0.7,
    /\bString \w|\bnew \w+<|\binstanceof \w|^throw new \w|\bfinal \w+ \w|^(?:class|interface|enum) \w/,
  ],

  [
    'c-family',
    3,
    /^# {0,4}include {0,4}[<"]|^typedef |^#\s{0,4}ifndef \w|^(?:static |extern |const |unsigned |inline )+(?:int|char|void|long|struct|unsigned|bool|float|double|\w+_t)\b/,
  ],
  [
    'c-family',
    2,
    /^#\s{0,4}(?:define|ifdef|endif|if|elif|undef|pragma)\b|\bsizeof ?\(|\bNULL\b|\b(?:malloc|free|memcpy|memset|printf|fprintf|strlen|strcmp|assert) ?\(|^struct \w+ ?\{?$|^(?:void|int|char|long|short|unsigned|float|double|size_t|bool|u?int\d+_t)\s{1,8}\*{0,3}\w+ ?\([^=]{0,200}[){,;]$/,
  ],
  [
    'c-family',
    0.8,
    /(?:^|[^$]\b)\w+->\w|^(?:void|int|char|long|short|unsigned|float|double|size_t|u?int\d+_t)\s{1,8}\*{0,3}\w+|^\*\w+(?:\+\+)? =|^} \w+;$|^goto \w|\w+ \*\w+[;,)=]/,
  ],
  [
    'cpp',
    3,
    /^(?:using namespace |namespace\b|template ?<)|\bstd::|^(?:public|private|protected) ?:$|\bnullptr\b|_cast<|^#\s{0,4}include <[a-z_]+>|^using \w+ = |\bvirtual |\) (?:const )?override\b|= (?:default|delete);$|\) (?:const )?= 0;$/,
  ],
  [
    'cpp',
    1.5,
    /^(?:explicit |friend |constexpr )|\bconst \w[\w:<>]{0,60}& \w|^class \w+(?: final)? ?(?::|\{)|^struct \w+ ?: ?\w|^[\w:*&<> ]{0,80}\b\w+::~?\w+\(|\bnoexcept\b|\) const [{;]|^class \w+;$|\b__cplusplus\b/,
  ],

  [
    'csharp',
    4,
    /^using (?:static )?[A-Z][\w.]*;|^namespace [\w.]+;?$|\{ get; |^\[\w+(?:\(.{0,100}\))?\]$|\bstring \w+[;,)=]/,
  ],
  ['php', 4, /^<\?php|^\$\w+ ?=|\$this->|^(?:public |private |protected |static )*function \w+\(.{0,200}\$/],
  [
    'ruby',
    2,
    /^end$|^def [\w.]+[?!=]?(?:\([^:]{0,200}\))?$|\bdo \|\w|^require ['"]|^module [A-Z]|^attr_\w+ :|^class \w+(?: < [\w:]+)?$/,
  ],
  [
    'shell',
    3,
    /^#!.{0,40}\b(?:ba|z|k|da)?sh\b|^(?:fi|done|esac)$|^if \[|; (?:then|do)$|^(?:echo|set -|export [A-Z_]+=)/,
  ],
  ['kotlin', 4, /^(?:\w+ ){0,4}fun (?:<.{1,50}> )?[\w.<>]+\(|^(?:\w+ )?val \w+|^(?:data|sealed) class /],
  [
    'swift',
    4,
    /^(?:\w+ ){0,3}func \w+.{0,200} -> |^guard (?:let|var) |^import (?:UIKit|Foundation|SwiftUI)$|\bself\?\./,
  ],
  [
    'scala',
    4,
    /^(?:\w+ ){0,3}def \w+.{0,200} = |^(?:case )?object \w+|^(?:lazy )?val \w+ = |^trait \w+ extends/,
  ],
  ['lua', 3, /^local \w|\bthen$|^end[,)]?$|^function [\w.:]+\(.{0,100}\)$/],
  [
    'sql',
    3,
    /^(?:SELECT|CREATE (?:TABLE|INDEX|VIEW)|INSERT INTO|ALTER TABLE|DROP TABLE|FROM|WHERE|ORDER BY)\b/i,
  ],
  ['css', 1.5, /^[.#@:]?[\w-]+(?:[ >:.,#][^;{]{0,100})? \{$|^[\w-]+: [^;{]{1,100};$/],
];
