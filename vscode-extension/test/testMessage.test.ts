import { describe, expect, test } from 'vitest';
import * as vscode from 'vscode';
import { fromTestMessage } from '../src/logs/testMessage';

const PLACE = { uri: vscode.Uri.file('/work/test_shop.py'), range: { start: { line: 6 } } };

describe('a failed test', () => {
  test('hands over its message as it is where that has a traceback', () => {
    const message = 'Traceback (most recent call last):\n  File "/work/test_shop.py", line 7, in test\nAssertionError';
    expect(fromTestMessage({ test: { label: 'test' }, message: { message, location: PLACE } }).text).toBe(message);
  });

  test('whose message has no place gets the one that its extension knows, 1-based', () => {
    const { text } = fromTestMessage({ test: { label: 'test_total' }, message: { message: { value: 'AssertionError: 1 != 2' }, location: PLACE } });
    expect(text).toBe('Traceback (most recent call last):\n  File "/work/test_shop.py", line 7, in test_total\nAssertionError: 1 != 2');
  });

  test('hands over what was expected', () => {
    const { text } = fromTestMessage({ message: { message: 'not equal', expectedOutput: '1', actualOutput: '2' } });
    expect(text).toBe('not equal\nExpected: 1\nActual: 2');
  });

  test.each([undefined, {}, { message: 'text' }, { message: { message: 5 } }])('cannot be had from %o, and the message says how', (argument) => {
    expect(() => fromTestMessage(argument)).toThrow(/Testing view/);
  });
});
