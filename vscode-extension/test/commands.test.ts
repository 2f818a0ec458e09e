import { beforeEach, describe, expect, test } from 'vitest';
import { CommandRecorder, type FailedCommand } from '../src/logs/commands';
import { fake } from './vscode';

beforeEach(() => fake.reset());

const TERMINAL = { name: 'bash' };

interface Run {
  readonly pieces?: readonly string[];
  readonly exitCode?: number | undefined;
  readonly line?: string;
  readonly isTrusted?: boolean;
  readonly confidence?: number;
  readonly breaks?: boolean;
}

/** Run a command in a terminal and return what the recorder then knows. */
async function run(recorder: CommandRecorder, { pieces = ['boom\r\n'], exitCode = 1, line = 'pytest -x', isTrusted = true, confidence = 2, breaks = false }: Run): Promise<FailedCommand | undefined> {
  async function* read(): AsyncGenerator<string> {
    yield* pieces;
    await Promise.resolve();
    if (breaks) {
      throw new Error('the terminal was closed');
    }
  }
  const execution = { commandLine: { value: line, isTrusted, confidence }, cwd: { fsPath: '/work/shop' }, read };
  fake.started.fire({ terminal: TERMINAL, execution });
  const failed = new Promise<void>((resolve) => recorder.onDidFail(() => resolve()));
  fake.ended.fire({ terminal: TERMINAL, execution, exitCode });
  await Promise.race([failed, new Promise((resolve) => setImmediate(resolve))]);
  return recorder.lastFailed;
}

describe('the last failed command', () => {
  test('is its whole output from the start, its folder and its command line', async () => {
    const recorder = new CommandRecorder(() => true);
    const failed = await run(recorder, { pieces: ['\u001b]633;C\u0007Trace', 'back\r\n\u001b[1mKeyError\u001b[0m'] });
    expect(failed).toMatchObject({ exitCode: 1, name: 'pytest -x', terminal: TERMINAL });
    expect(recorder.pick()).toMatchObject({ text: 'Traceback\nKeyError', cwd: '/work/shop', command: 'pytest -x' });
  });

  test.each([0, undefined, 130, 141, 143])('is not one that ended with %s', async (exitCode) => {
    const recorder = new CommandRecorder(() => true);
    // A parameter that is undefined would take its default.
    expect(await run(recorder, Object.assign({ exitCode: 0 }, exitCode === undefined ? {} : { exitCode }))).toBeUndefined();
    expect(() => recorder.pick()).toThrow(/No failed command was seen/);
  });

  test.each([
    { isTrusted: false, confidence: 2 },
    { isTrusted: true, confidence: 1 },
    { isTrusted: true, confidence: 0 },
  ])('has no command to run again where it was read off the screen: %o', async (line) => {
    const recorder = new CommandRecorder(() => true);
    await run(recorder, line);
    expect(recorder.pick().command).toBeUndefined();
  });

  test('stays when a later command succeeds, and is replaced by the next failure', async () => {
    const recorder = new CommandRecorder(() => true);
    await run(recorder, { pieces: ['first'] });
    await run(recorder, { pieces: ['fine'], exitCode: 0 });
    expect(recorder.pick().text).toBe('first');
    await run(recorder, { pieces: ['second'] });
    expect(recorder.pick().text).toBe('second');
  });

  test('keeps the end of a huge output, in bounded memory', async () => {
    const recorder = new CommandRecorder(() => true);
    const pieces = Array.from({ length: 40 }, (_, index) => `${index}:`.padEnd(100_000, 'x'));
    await run(recorder, { pieces: [...pieces, '\nKeyError: 1'] });
    const { text } = recorder.pick();
    expect(text.length).toBe(1_000_000);
    expect(text.endsWith('KeyError: 1')).toBe(true);
  });

  test('is what was printed before its terminal was closed', async () => {
    const recorder = new CommandRecorder(() => true);
    await run(recorder, { pieces: ['half'], breaks: true });
    expect(recorder.pick().text).toBe('half');
  });

  test('is not read while watching is off', async () => {
    const recorder = new CommandRecorder(() => false);
    expect(await run(recorder, {})).toBeUndefined();
  });

  test('is missing in a VS Code without shell integration, and nothing breaks', () => {
    fake.hasShellIntegration = false;
    expect(() => new CommandRecorder(() => true).pick()).toThrow(/shell integration/);
  });

  test('that printed nothing is said so', async () => {
    const recorder = new CommandRecorder(() => true);
    await run(recorder, { pieces: ['\u001b]633;C\u0007'] });
    expect(() => recorder.pick()).toThrow(/printed nothing/);
  });
});
