// The ErrorList that findings become: codes, severities and places (R66–R72, R113).
import { expect, test } from '@jest/globals';
import { ERROR_CODE_CONTEXT, type Issue } from '../../adapter/base/index.ts';
import { ERROR_TABLE, errorListOf } from '../../adapter/msh/index.ts';

const issue = (code: string, severity: Issue['severity'], where = '//Header'): Issue => ({
  code,
  severity,
  where,
  detail: 'iets',
  rule: 'R1',
});

test('R66 without findings there is no ErrorList, and with one there is', () => {
  expect(errorListOf([])).toBeUndefined();
  expect(errorListOf([issue('Unknown', 'Warning')])?.errors).toHaveLength(1);
});

test('R67 T73 T74 highestSeverity is Error as soon as one of them is', () => {
  const [warning, error] = [issue('Inconsistent', 'Warning'), issue('Inconsistent', 'Error')];
  expect(errorListOf([warning, warning])?.highestSeverity).toBe('Warning');
  expect(errorListOf([warning, error])?.highestSeverity).toBe('Error');
});

test('R69 R72 every code is one of the default codeContext; what is none of ours becomes Unknown', () => {
  const codes = [...Object.keys(ERROR_TABLE), 'NotRecognized', 'StUF046', '__proto__'];
  const list = errorListOf(codes.map((code) => issue(code, 'Error')));
  expect(list?.errors.map(({ errorCode }) => errorCode)).toEqual([
    ...Object.keys(ERROR_TABLE),
    'Unknown',
    'Unknown',
    'Unknown',
  ]);
  expect(new Set(list?.errors.map(({ codeContext }) => codeContext))).toEqual(new Set([ERROR_CODE_CONTEXT]));
});

test('R70 the location is the element, or the part by its cid', () => {
  const list = errorListOf([
    issue('Inconsistent', 'Error', '//Header/MessageHeader/CPAId'),
    issue('MimeProblem', 'Error', 'cid:p@x'),
  ]);
  expect(list?.errors.map(({ location }) => location)).toEqual(['//Header/MessageHeader/CPAId', 'cid:p@x']);
});
