import { beforeEach, describe, expect, test } from 'vitest';
import type * as vscode from 'vscode';
import { ExceptionStops } from '../src/logs/debugStops';
import { exceptionLog } from '../src/logs/exceptionLog';
import { fake } from './vscode';

const PYTHON = [
  { name: 'average', line: 5, source: { path: '/work/shop.py' } },
  { name: '<module>', line: 13, source: { path: '/work/shop.py' } },
];

describe('an exception in the debugger', () => {
  test('in Python reads as Python prints it: oldest call first', () => {
    const log = exceptionLog({ exceptionId: 'ZeroDivisionError', description: 'division by zero' }, PYTHON);
    expect(log).toBe(
      [
        'Traceback (most recent call last):',
        '  File "/work/shop.py", line 13, in <module>',
        '  File "/work/shop.py", line 5, in average',
        'ZeroDivisionError: division by zero',
      ].join('\n'),
    );
  });

  test('in JavaScript reads as V8 prints it: newest call first', () => {
    const frames = [{ name: 'total', line: 3, column: 9, source: { path: '/work/shop.js' } }, { name: 'native', line: 0 }];
    const info = { exceptionId: 'TypeError', description: 'TypeError: x is undefined\n    at total (/work/shop.js:3:9)' };
    expect(exceptionLog(info, frames)).toBe('TypeError: x is undefined\n    at total (/work/shop.js:3:9)');
  });

  test('without a message is its name', () => {
    expect(exceptionLog({ exceptionId: 'KeyError' }, PYTHON).endsWith('\nKeyError')).toBe(true);
  });
});

describe('the stop', () => {
  beforeEach(() => fake.reset());

  const answers: Record<string, unknown> = { exceptionInfo: { exceptionId: 'KeyError', description: '1' }, stackTrace: { stackFrames: PYTHON } };

  function debugging(): { stops: ExceptionStops; send: (event: string, body?: object) => void; exit: () => void; session: vscode.DebugSession } {
    const stops = new ExceptionStops();
    const session = {
      workspaceFolder: { uri: { fsPath: '/work' } },
      customRequest: (name: string) => (answers[name] instanceof Error ? Promise.reject(answers[name]) : Promise.resolve(answers[name])),
    } as unknown as vscode.DebugSession;
    const tracker = fake.trackers[0]?.createDebugAdapterTracker(session);
    return {
      stops,
      session,
      send: (event, body = {}) => tracker?.onDidSendMessage({ type: 'event', event, body }),
      exit: () => tracker?.onExit(),
    };
  }

  test('at an exception can be diagnosed', async () => {
    const { stops, send } = debugging();
    send('stopped', { reason: 'exception', threadId: 1 });
    expect(await stops.pick()).toMatchObject({ cwd: '/work', text: expect.stringContaining('KeyError: 1') as string });
  });

  test('is over once the program goes on, stops elsewhere or ends', async () => {
    const { stops, send, exit } = debugging();
    const ways = [() => send('continued'), () => send('stopped', { reason: 'breakpoint', threadId: 1 }), () => send('terminated'), exit];
    for (const way of ways) {
      send('stopped', { reason: 'exception', threadId: 1 });
      way();
      await expect(stops.pick()).rejects.toThrow(/not stopped at an exception/);
    }
  });

  test('of a debugger that cannot describe exceptions still says where', async () => {
    const { stops, send } = debugging();
    const before = answers.exceptionInfo;
    answers.exceptionInfo = new Error('unsupported');
    send('stopped', { reason: 'exception', threadId: 1 });
    expect((await stops.pick()).text).toContain('line 5, in average');
    answers.exceptionInfo = before;
  });
});
