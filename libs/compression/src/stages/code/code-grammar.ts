import type { CodeLanguage, SyntaxOutline } from './syntax-parser.js';

/** What a skeleton needs to know about the grammar of a language: names of node types. */
export interface CodeGrammar {
  /** Nodes that end in a body. */
  readonly functions: ReadonlySet<string>;
  /** Functions whose body may be an expression; a block can take its place. */
  readonly arrows: ReadonlySet<string>;
  /** Functions with a name of their own, classes: kept even inside a body that is cut. */
  readonly declarations: ReadonlySet<string>;
  /** Lists of statements. */
  readonly blocks: ReadonlySet<string>;
  /** Lists of members; nothing is cut from them but blank lines. */
  readonly members: ReadonlySet<string>;
  readonly comments: ReadonlySet<string>;
  readonly handlers: ReadonlySet<string>;
  readonly imports: ReadonlySet<string>;
  readonly decorators: ReadonlySet<string>;
  readonly annotations: ReadonlySet<string>;
  /** Collections of values, long ones are cut where they stand outside of functions. */
  readonly literals: ReadonlySet<string>;
  /** Macros of C that span lines by backslashes. */
  readonly macros: ReadonlySet<string>;
  readonly lineComment: '//' | '#';
  /** Blocks are told by their indentation alone. */
  readonly isIndented: boolean;
  readonly outline: SyntaxOutline;
}

type Names = Record<
  | 'functions'
  | 'arrows'
  | 'declarations'
  | 'blocks'
  | 'members'
  | 'comments'
  | 'handlers'
  | 'imports'
  | 'decorators'
  | 'annotations'
  | 'literals'
  | 'macros',
  string
>;

const PYTHON: Names = {
  functions: 'function_definition',
  arrows: '',
  declarations: 'function_definition class_definition',
  blocks: 'block',
  members: 'module',
  comments: 'comment',
  handlers: 'try_statement',
  imports: 'import_statement import_from_statement future_import_statement',
  decorators: 'decorator',
  annotations: 'type',
  literals: 'dictionary list set tuple',
  macros: '',
};

const JAVASCRIPT: Names = {
  functions:
    'function_declaration generator_function_declaration function_expression generator_function arrow_function method_definition class_static_block',
  arrows: 'arrow_function',
  declarations:
    'function_declaration generator_function_declaration method_definition class_declaration abstract_class_declaration',
  blocks: 'statement_block',
  members: 'program class_body switch_body',
  comments: 'comment',
  handlers: 'try_statement',
  imports: 'import_statement',
  decorators: 'decorator',
  annotations: '',
  literals: 'object array',
  macros: '',
};

const TYPESCRIPT: Names = {
  ...JAVASCRIPT,
  members: `${JAVASCRIPT.members} interface_body enum_body object_type`,
  annotations: 'type_annotation',
};

const GO: Names = {
  functions: 'function_declaration method_declaration func_literal',
  arrows: '',
  declarations: 'function_declaration method_declaration',
  blocks: 'block statement_list',
  members: 'source_file field_declaration_list',
  comments: 'comment',
  handlers: '',
  imports: 'import_declaration',
  decorators: '',
  annotations: '',
  literals: 'literal_value',
  macros: '',
};

const RUST: Names = {
  functions: 'function_item closure_expression macro_rule',
  arrows: 'closure_expression',
  declarations: 'function_item impl_item struct_item enum_item trait_item',
  blocks: 'block token_tree',
  members: 'source_file declaration_list field_declaration_list enum_variant_list macro_rule',
  comments: 'line_comment block_comment',
  handlers: '',
  imports: 'use_declaration extern_crate_declaration',
  decorators: 'attribute_item inner_attribute_item',
  annotations: '',
  literals: 'array_expression',
  macros: '',
};

const JAVA: Names = {
  functions:
    'method_declaration constructor_declaration compact_constructor_declaration static_initializer lambda_expression',
  arrows: 'lambda_expression',
  declarations: 'method_declaration constructor_declaration class_declaration interface_declaration',
  blocks: 'block constructor_body',
  members: 'program class_body interface_body enum_body enum_body_declarations annotation_type_body',
  comments: 'line_comment block_comment',
  handlers: 'try_statement try_with_resources_statement',
  imports: 'import_declaration',
  decorators: 'marker_annotation annotation',
  annotations: '',
  literals: 'array_initializer',
  macros: '',
};

const CPP: Names = {
  functions: 'function_definition lambda_expression',
  arrows: '',
  declarations: 'function_definition',
  blocks: 'compound_statement',
  members:
    'translation_unit field_declaration_list declaration_list enumerator_list preproc_if preproc_ifdef preproc_elif preproc_else',
  comments: 'comment',
  handlers: 'try_statement',
  imports: 'preproc_include using_declaration',
  decorators: 'attribute_declaration',
  annotations: '',
  literals: 'initializer_list',
  macros: 'preproc_function_def preproc_def',
};

const OUTLINED = [
  'functions',
  'declarations',
  'blocks',
  'members',
  'comments',
  'handlers',
  'literals',
  'macros',
] as const;

const cache = new Map<CodeLanguage, CodeGrammar>();
const NAMES: Readonly<Record<CodeLanguage, Names>> = {
  python: PYTHON,
  javascript: JAVASCRIPT,
  typescript: TYPESCRIPT,
  tsx: TYPESCRIPT,
  go: GO,
  rust: RUST,
  java: JAVA,
  c: CPP,
  cpp: CPP,
};

export function grammarOf(language: CodeLanguage): CodeGrammar {
  const known = cache.get(language);
  if (known !== undefined) return known;
  const grammar = build(NAMES[language], language);
  cache.set(language, grammar);
  return grammar;
}

function build(names: Names, language: CodeLanguage): CodeGrammar {
  const words = (text: string): string[] => text.split(' ').filter((word) => word !== '');
  const set = (key: keyof Names): ReadonlySet<string> => new Set(words(names[key]));
  const isIndented = language === 'python';
  return {
    functions: set('functions'),
    arrows: set('arrows'),
    declarations: set('declarations'),
    blocks: set('blocks'),
    members: set('members'),
    comments: set('comments'),
    handlers: set('handlers'),
    imports: set('imports'),
    decorators: set('decorators'),
    annotations: set('annotations'),
    literals: set('literals'),
    macros: set('macros'),
    lineComment: isIndented ? '#' : '//',
    isIndented,
    outline: {
      types: [...new Set(OUTLINED.flatMap((key) => words(names[key])))].filter(
        (type) => type !== 'token_tree',
      ),
      lists: (['arrows', 'blocks', 'members', 'literals'] as const).flatMap((key) => words(names[key])),
    },
  };
}

/** The outline with the nodes that a configuration wants gone. */
export function outlineFor(grammar: CodeGrammar, unwanted: ReadonlySet<string>): SyntaxOutline {
  const { types, lists } = grammar.outline;
  return unwanted.size === 0 ? grammar.outline : { types: [...types, ...unwanted], lists };
}
