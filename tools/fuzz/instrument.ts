// Puts a counter into every branch of a compiled module, so that a run shows which ways it took.
import ts from 'typescript';

export interface Instrumented {
  readonly text: string;
  readonly counters: number;
}

/** Name of the global with which a module asks for its counters: `(count, words) => Uint8Array`. */
export const COUNTERS_GLOBAL = 'dkFuzzCounters';
const NAME = '$fuzz';

/** The module's text with counters; lines stay where they are, so that places in stacks stay right. */
export function instrument(source: string, fileName: string): Instrumented {
  const file = ts.createSourceFile(fileName, source, ts.ScriptTarget.ES2022, true, ts.ScriptKind.JS);
  const inserts: { at: number; text: string }[] = [];
  const words = new Set<string>();
  let counters = 0;
  const count = (): string => `${NAME}[${counters++}]++`;
  const insideBlock = (block: ts.Block): void => {
    inserts.push({ at: block.getStart(file) + 1, text: `${count()};` });
  };
  const aroundExpression = (expression: ts.Expression): void => {
    inserts.push({ at: expression.getStart(file), text: `(${count()},` }, { at: expression.end, text: ')' });
  };
  const aroundStatement = (statement: ts.Statement): void => {
    if (ts.isBlock(statement)) insideBlock(statement);
    else inserts.push({ at: statement.getStart(file), text: `{${count()};` }, { at: statement.end, text: '}' });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteral(node) && !ts.isImportDeclaration(node.parent)) words.add(node.text);
    const branches = branchesOf(node);
    for (const expression of branches.expressions) aroundExpression(expression);
    for (const statement of branches.statements) aroundStatement(statement);
    if (ts.isCaseOrDefaultClause(node)) inserts.push({ at: clauseStart(node, file), text: `${count()};` });
    ts.forEachChild(node, visit);
  };
  visit(file);
  const preamble = `const ${NAME} = globalThis.${COUNTERS_GLOBAL}(${counters}, ${JSON.stringify(wordsOf(words))});`;
  return { text: preamble + insertAll(source, inserts), counters };
}

interface Branches {
  readonly expressions: readonly ts.Expression[];
  readonly statements: readonly ts.Statement[];
}

const SHORT_CIRCUITS: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.AmpersandAmpersandToken,
  ts.SyntaxKind.BarBarToken,
  ts.SyntaxKind.QuestionQuestionToken,
]);

/** What of a node runs only sometimes. */
function branchesOf(node: ts.Node): Branches {
  if (ts.isIfStatement(node)) {
    const otherwise = node.elseStatement === undefined ? [] : [node.elseStatement];
    return { expressions: [], statements: [node.thenStatement, ...otherwise] };
  }
  if (ts.isConditionalExpression(node)) return { expressions: [node.whenTrue, node.whenFalse], statements: [] };
  if (ts.isBinaryExpression(node) && SHORT_CIRCUITS.has(node.operatorToken.kind))
    return { expressions: [node.right], statements: [] };
  if (ts.isIterationStatement(node, false)) return { expressions: [], statements: [node.statement] };
  if (ts.isCatchClause(node)) return { expressions: [], statements: [node.block] };
  if (ts.isFunctionLike(node) && 'body' in node && node.body !== undefined) {
    return ts.isBlock(node.body)
      ? { expressions: [], statements: [node.body] }
      : { expressions: [node.body as ts.Expression], statements: [] };
  }
  return { expressions: [], statements: [] };
}

/** Behind the colon of `case x:`. */
function clauseStart(node: ts.CaseOrDefaultClause, file: ts.SourceFile): number {
  return file.text.indexOf(':', ts.isCaseClause(node) ? node.expression.end : node.getStart(file)) + 1;
}

/** Constants that look like tokens of a format rather than sentences. */
function wordsOf(words: ReadonlySet<string>): string[] {
  return [...words].filter((word) => word.length >= 2 && word.length <= 120 && !/\s\S+\s/.test(word));
}

/** Inserts that open stand behind those that close at the same place, in the order in which they were found. */
function insertAll(source: string, inserts: readonly { at: number; text: string }[]): string {
  const closing = (text: string): number => (text === ')' || text === '}' ? 0 : 1);
  const ordered = [...inserts].sort((a, b) => a.at - b.at || closing(a.text) - closing(b.text));
  const pieces: string[] = [];
  let at = 0;
  for (const insert of ordered) {
    pieces.push(source.slice(at, insert.at), insert.text);
    at = insert.at;
  }
  return pieces.join('') + source.slice(at);
}
