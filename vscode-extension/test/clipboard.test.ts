import { beforeEach, describe, expect, test, vi } from 'vitest';
import * as vscode from 'vscode';
import { fromClipboard, fromTerminalSelection } from '../src/logs/clipboard';
import { NothingPickedError } from '../src/logs/picked';
import { fake, window } from './vscode';

const LOG = 'Traceback (most recent call last):\n  File "a.py", line 1, in <module>\nKeyError: 1';
const COPY_SELECTION = 'workbench.action.terminal.copySelection';
const COPY_LAST = 'workbench.action.terminal.copyLastCommandOutput';

beforeEach(() => fake.reset());

describe('the clipboard', () => {
  test('hands over its text without colours and with plain line ends', async () => {
    fake.clipboard = '\u001b[31mKeyError\u001b[0m: 1\r\nnext';
    expect((await fromClipboard()).text).toBe('KeyError: 1\nnext');
  });

  test.each(['', ' \n'])('that holds %j is said to be empty', async (text) => {
    fake.clipboard = text;
    await expect(fromClipboard()).rejects.toThrow(NothingPickedError);
  });
});

describe('the terminal\'s selection', () => {
  beforeEach(() => {
    fake.clipboard = 'what the user copied';
    window.activeTerminal = { name: 'bash', shellIntegration: { cwd: { fsPath: '/work/shop' } } };
  });

  test('is handed over with the folder of the shell, and the clipboard is as before', async () => {
    fake.commands.set(COPY_SELECTION, () => void (fake.clipboard = LOG));
    expect(await fromTerminalSelection()).toMatchObject({ text: LOG, cwd: '/work/shop', origin: 'terminal "bash"' });
    expect(fake.clipboard).toBe('what the user copied');
  });

  test('may equal what was on the clipboard', async () => {
    fake.clipboard = LOG;
    fake.commands.set(COPY_SELECTION, () => void (fake.clipboard = LOG));
    expect((await fromTerminalSelection()).text).toBe(LOG);
    expect(fake.clipboard).toBe(LOG);
  });

  test('is the last command\'s output where nothing is selected', async () => {
    fake.commands.set(COPY_LAST, () => void (fake.clipboard = LOG));
    expect((await fromTerminalSelection()).text).toBe(LOG);
    expect(fake.clipboard).toBe('what the user copied');
  });

  test('is said to be missing where there is neither, and the clipboard is as before', async () => {
    await expect(fromTerminalSelection()).rejects.toThrow(/Nothing is selected in terminal "bash"/);
    expect(fake.clipboard).toBe('what the user copied');
  });

  test('is said to need a terminal', async () => {
    window.activeTerminal = undefined;
    await expect(fromTerminalSelection()).rejects.toThrow(/No terminal is open/);
    expect(fake.executed).toEqual([]);
  });

  test.each([COPY_SELECTION, COPY_LAST])('leaves the clipboard as before when %s fails', async (command) => {
    fake.commands.set(command, () => {
      fake.clipboard = 'half';
      throw new Error('no such command');
    });
    await expect(fromTerminalSelection()).rejects.toThrow('no such command');
    expect(fake.clipboard).toBe('what the user copied');
  });

  test('leaves the clipboard as before when it cannot be read after copying', async () => {
    fake.commands.set(COPY_SELECTION, () => void (fake.clipboard = LOG));
    const read = vi.spyOn(vscode.env.clipboard, 'readText');
    read.mockResolvedValueOnce('what the user copied').mockRejectedValueOnce(new Error('denied'));
    await expect(fromTerminalSelection()).rejects.toThrow('denied');
    read.mockRestore();
    expect(fake.clipboard).toBe('what the user copied');
  });
});
