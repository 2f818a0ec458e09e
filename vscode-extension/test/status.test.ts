import { describe, expect, test } from 'vitest';
import type { BackendState } from '../src/protocol';
import type { Condition } from '../src/server/server';
import { entries } from '../src/status/menu';
import { modelsIn } from '../src/status/launcher';
import { statusView } from '../src/status/view';

function backend(state: string, changes: Partial<BackendState> = {}): Condition {
  return {
    kind: 'running',
    backend: { state, detail: '', percent: null, reason: null, remedy: null, version: 'stable', model: 'qwen-1.5b', ...changes },
  };
}

describe('the status item', () => {
  test.each<[string, Condition]>([
    ['Qwen: off', backend('off')],
    ['Qwen: installing', backend('installing')],
    ['Qwen: downloading 7 %', backend('downloading', { percent: 7.4 })],
    ['Qwen: converting 100 %', backend('converting', { percent: 100 })],
    ['Qwen: loading 40 %', backend('loading', { percent: 40 })],
    ['Qwen: compiling', backend('compiling')],
    ['Qwen: rolling back', backend('rolling-back')],
    ['Qwen: qwen-1.5b', backend('ready')],
    ['Qwen: ready', backend('ready', { model: null })],
    ['Qwen: qwen-1.5b (busy)', backend('busy')],
    ['Qwen: failed', backend('failed')],
    ['Qwen: thinking', backend('thinking')],
    ['Qwen: not installed', { kind: 'missing' }],
    ['Qwen: off', { kind: 'disabled' }],
    ['Qwen: starting', { kind: 'starting' }],
    ['Qwen: failed', { kind: 'broken', reason: 'no such program' }],
  ])('says "%s"', (label, condition) => {
    expect(statusView(condition).label).toBe(label);
  });

  test('of a failure says why and what to do, and stands out', () => {
    const view = statusView(backend('failed', { reason: 'The GPU is full.', remedy: 'Close the other program.' }));
    expect(view).toMatchObject({ severity: 'error', tooltip: 'The GPU is full.\nClose the other program.' });
  });
});

describe('the menu', () => {
  const commandsOf = (condition: Condition): (string | undefined)[] => entries(condition).map(({ command }) => command);

  test.each([
    ['off', 'qwenLsp.startBackend', 'qwenLsp.stopBackend'],
    ['failed', 'qwenLsp.startBackend', 'qwenLsp.stopBackend'],
    ['ready', 'qwenLsp.stopBackend', 'qwenLsp.startBackend'],
    ['loading', 'qwenLsp.stopBackend', 'qwenLsp.startBackend'],
  ])('of a model that is %s has %s and not %s', (state, offered, missing) => {
    expect(commandsOf(backend(state))).toContain(offered);
    expect(commandsOf(backend(state))).not.toContain(missing);
  });

  test('offers to keep or to roll back a model on trial only', () => {
    expect(commandsOf(backend('ready', { version: 'latest' }))).toEqual(expect.arrayContaining(['qwenLsp.promote', 'qwenLsp.rollback']));
    expect(commandsOf(backend('ready'))).not.toContain('qwenLsp.rollback');
  });

  test('offers to install a server that is missing first', () => {
    expect(commandsOf({ kind: 'missing' })[0]).toBe('qwenLsp.installServer');
  });

  test('lists the models as the launcher prints them', () => {
    const listed = 'qwen2.5-coder-1.5b   Qwen2.5-Coder 1.5B Instruct, int8; installed\nAlso: a folder in Hugging Face form.\n';
    expect(modelsIn(listed)).toEqual([{ label: 'qwen2.5-coder-1.5b', description: 'Qwen2.5-Coder 1.5B Instruct, int8; installed' }]);
  });
});
