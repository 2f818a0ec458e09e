import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import * as vscode from 'vscode';
import { fromEditorSelection, fromFile } from '../src/logs/files';
import { LARGEST_LOG_CHARACTERS } from '../src/logs/picked';
import { fake, window, workspace } from './vscode';

let folder = '';

beforeEach(async () => {
  fake.reset();
  folder = await mkdtemp(join(tmpdir(), 'qwen-logs-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('the editor\'s selection', () => {
  test('is handed over, several selections in their order', () => {
    window.activeTextEditor = { selections: ['one', 'two'], document: { getText: (one: string) => one } };
    expect(fromEditorSelection().text).toBe('one\ntwo');
  });

  test.each([undefined, { selections: [''], document: { getText: () => '' } }])('is said to be missing: %o', (editor) => {
    window.activeTextEditor = editor;
    expect(() => fromEditorSelection()).toThrow(/Nothing is selected/);
  });
});

describe('a file', () => {
  test('is read from disk', async () => {
    const path = join(folder, 'build.log');
    await writeFile(path, 'KeyError: 1\n');
    expect(await fromFile(vscode.Uri.file(path))).toMatchObject({ text: 'KeyError: 1\n' });
  });

  test('that is open is read as it stands in the editor', async () => {
    const uri = vscode.Uri.file('/work/build.log');
    workspace.textDocuments = [{ uri, getText: () => 'not saved' }];
    expect((await fromFile(uri))?.text).toBe('not saved');
  });

  test('larger than what is sent is read from its end', async () => {
    const path = join(folder, 'huge.log');
    await writeFile(path, `${'x'.repeat(LARGEST_LOG_CHARACTERS)}\nKeyError: 1`);
    const text = (await fromFile(vscode.Uri.file(path)))?.text ?? '';
    expect(text.length).toBe(LARGEST_LOG_CHARACTERS);
    expect(text.endsWith('KeyError: 1')).toBe(true);
  });

  test('that is not there is said so, with its path', async () => {
    await expect(fromFile(vscode.Uri.file(join(folder, 'gone.log')))).rejects.toThrow(/gone\.log cannot be read/);
  });

  test('that is empty is said so', async () => {
    const path = join(folder, 'empty.log');
    await writeFile(path, '');
    await expect(fromFile(vscode.Uri.file(path))).rejects.toThrow(/is empty/);
  });

  test('that the user does not choose is no error', async () => {
    expect(await fromFile(undefined)).toBeUndefined();
  });
});
