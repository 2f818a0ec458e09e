// Imported lazily: loading vscode-languageclient takes longer than all of the rest of the activation.
import * as vscode from 'vscode';
import {
  CloseAction,
  ErrorAction,
  LanguageClient,
  ProgressType,
  State,
  WorkDoneProgress,
  type ClientCapabilities,
  type FeatureState,
  type LanguageClientOptions,
  type Middleware,
  type StaticFeature,
} from 'vscode-languageclient/node';
import { BACKEND_STATE, type AskPartial, type BackendState } from '../protocol';
import type { ServerOptions } from '../settings';

/** The channels that the user may read. */
export interface Channels {
  readonly output: vscode.LogOutputChannel;
  readonly trace: vscode.LogOutputChannel;
}

/** What the rest of the extension hears of a running client. */
export interface ClientEvents {
  readonly onBackendState: (state: BackendState) => void;
  /** The server ended by itself; it is being restarted where `again` says so. */
  readonly onCrash: (again: boolean) => void;
  readonly onRunning: () => void;
}

const MOST_CRASHES = 3;
const CRASH_WINDOW_MS = 180_000;

/** Asks the server to tell the backend's states. */
class BackendStates implements StaticFeature {
  fillClientCapabilities(capabilities: ClientCapabilities): void {
    capabilities.experimental = { ...(capabilities.experimental as object | undefined), qwenBackendState: true };
  }

  initialize(): void {
    // Nothing to set up: the notification's handler is registered with the client.
  }

  getState(): FeatureState {
    return { kind: 'static' };
  }

  clear(): void {
    // Nothing to let go of.
  }
}

/** Return a client that is not started yet. */
export function createClient(
  command: string,
  server: ServerOptions,
  middleware: Middleware,
  channels: Channels,
  events: ClientEvents,
): LanguageClient {
  const env = { ...process.env, ...(server.apiKey === undefined ? {} : { QWEN_LSP_API_KEY: server.apiKey }) };
  const crashes: number[] = [];
  const options: LanguageClientOptions = {
    // All files: the server looks only at those that a log names.
    documentSelector: [{ scheme: 'file' }, { scheme: 'untitled' }],
    initializationOptions: server.options,
    outputChannel: channels.output,
    traceOutputChannel: channels.trace,
    middleware,
    errorHandler: {
      error: () => ({ action: ErrorAction.Continue }),
      closed: () => {
        const now = Date.now();
        crashes.push(now);
        const again = crashes.filter((at) => now - at < CRASH_WINDOW_MS).length <= MOST_CRASHES;
        events.onCrash(again);
        return { action: again ? CloseAction.Restart : CloseAction.DoNotRestart, handled: true };
      },
    },
  };
  const client = new LanguageClient('qwenLsp', 'Qwen', { command, args: ['--stdio'], options: { env } }, options);
  client.registerFeature(new BackendStates());
  client.onNotification(BACKEND_STATE, events.onBackendState);
  client.onDidChangeState(({ newState }) => {
    if (newState === State.Running) {
      events.onRunning();
    }
  });
  return client;
}

/** Tell each message of a request's progress to `listener`. */
export function onWorkDone(client: LanguageClient, token: string, listener: (message: string) => void): vscode.Disposable {
  return client.onProgress(WorkDoneProgress.type, token, (value) => {
    if (value.kind === 'report' && value.message !== undefined) {
      listener(value.message);
    }
  });
}

/** Tell each part of an answer to `listener`. */
export function onPartialAnswer(client: LanguageClient, token: string, listener: (partial: AskPartial) => void): vscode.Disposable {
  return client.onProgress(new ProgressType<AskPartial>(), token, listener);
}
