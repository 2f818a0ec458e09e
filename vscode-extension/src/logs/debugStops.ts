import * as vscode from 'vscode';
import { exceptionLog, type ExceptionInfo, type StackFrame } from './exceptionLog';
import { NothingPickedError, picked, type PickedLog } from './picked';

const MOST_FRAMES = 100;

interface Stop {
  readonly session: vscode.DebugSession;
  readonly threadId: number;
}

interface Message {
  readonly type?: string;
  readonly event?: string;
  readonly body?: { readonly reason?: string; readonly threadId?: number };
}

/** Knows at which exception the debugger has stopped, by listening to the debug adapters. */
export class ExceptionStops implements vscode.Disposable {
  private stop: Stop | undefined;
  private readonly changed = new vscode.EventEmitter<boolean>();
  private readonly registration = vscode.debug.registerDebugAdapterTrackerFactory('*', {
    createDebugAdapterTracker: (session) => ({
      onDidSendMessage: (message: Message) => this.hear(session, message),
      onExit: () => this.forget(session),
    }),
  });

  /** Told whether there is an exception to diagnose. */
  readonly onDidChange = this.changed.event;

  /** Return the log of the exception at which the debugger stands. */
  async pick(): Promise<PickedLog> {
    const stop = this.stop;
    if (stop === undefined) {
      throw new NothingPickedError(
        vscode.l10n.t('The debugger has not stopped at an exception. Turn on breaking at uncaught exceptions and run again.'),
      );
    }
    const { session, threadId } = stop;
    const [info, stack] = await Promise.all([
      // Optional in the protocol: without it the frames still say where.
      request<ExceptionInfo>(session, 'exceptionInfo', { threadId }).catch(() => ({})),
      request<{ stackFrames?: readonly StackFrame[] }>(session, 'stackTrace', { threadId, startFrame: 0, levels: MOST_FRAMES }),
    ]);
    const text = exceptionLog(info, stack.stackFrames ?? []);
    const cwd = session.workspaceFolder?.uri.fsPath;
    return picked(
      { text, origin: vscode.l10n.t('the debugger'), ...(cwd === undefined ? {} : { cwd }) },
      vscode.l10n.t('The debugger said nothing about the exception.'),
    );
  }

  dispose(): void {
    this.registration.dispose();
    this.changed.dispose();
  }

  private hear(session: vscode.DebugSession, message: Message): void {
    if (message.type !== 'event') {
      return;
    }
    if (message.event === 'stopped') {
      const threadId = message.body?.threadId;
      this.set(message.body?.reason === 'exception' && threadId !== undefined ? { session, threadId } : undefined);
    } else if (message.event === 'continued' || message.event === 'terminated') {
      this.forget(session);
    }
  }

  private forget(session: vscode.DebugSession): void {
    if (this.stop?.session === session) {
      this.set(undefined);
    }
  }

  private set(stop: Stop | undefined): void {
    this.stop = stop;
    this.changed.fire(stop !== undefined);
  }
}

async function request<Answer>(session: vscode.DebugSession, name: string, parameters: object): Promise<Answer> {
  return (await session.customRequest(name, parameters)) as Answer;
}
