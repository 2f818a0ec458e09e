import * as vscode from 'vscode';
import type { LanguageClient, Middleware } from 'vscode-languageclient/node';
import { BACKEND_COMMAND, BACKEND_STATE, type BackendAction, type BackendState } from '../protocol';
import { readSettings, serverOptions } from '../settings';
import { activeEnvironments } from './environments';
import type { Channels } from './client';
import { InstallError, type Installer } from './install';
import { launcherBeside, locateServer, ServerPathError, type ServerCommand } from './locate';

/** What the user is told of the server and its backend. */
export type Condition =
  | { readonly kind: 'disabled' }
  | { readonly kind: 'missing' }
  | { readonly kind: 'starting' }
  | { readonly kind: 'broken'; readonly reason: string }
  | { readonly kind: 'running'; readonly backend: BackendState };

/** The server cannot be asked; the message says what to do. */
export class ServerUnavailableError extends Error {
  override readonly name = 'ServerUnavailableError';
}

/** LSP 3.17 and JSON-RPC 2.0, "Error codes". */
const METHOD_NOT_FOUND = -32601;
const REQUEST_CANCELLED = -32800;

const UNKNOWN_BACKEND: BackendState = {
  state: 'off', detail: '', percent: null, reason: null, remedy: null, version: 'stable', model: null,
};

/** Owns the language server: finds it, starts it, asks it, and knows its condition. */
export class Server implements vscode.Disposable {
  private client: LanguageClient | undefined;
  private starting: Promise<LanguageClient> | undefined;
  private present: Condition = { kind: 'starting' };
  private readonly changed = new vscode.EventEmitter<Condition>();

  readonly onDidChange = this.changed.event;
  /** Which program runs, once it has been found. */
  found: ServerCommand | undefined;

  constructor(
    private readonly installer: Installer,
    private readonly optionNames: readonly string[],
    private readonly channels: Channels,
    private readonly middleware: () => Middleware,
  ) {}

  get condition(): Condition {
    return this.present;
  }

  /** The launcher's program, where the server has been found. */
  get launcher(): string | undefined {
    return this.found && launcherBeside(this.found.command);
  }

  /** The methods and features that the running server declared. */
  get capabilities(): LanguageClient['initializeResult'] {
    return this.client?.initializeResult;
  }

  /** Start the server if there is one and it is allowed; what is in the way becomes the condition. */
  async start(): Promise<void> {
    try {
      await this.ready();
    } catch (error) {
      if (!(error instanceof ServerUnavailableError)) {
        throw error;
      }
      this.channels.output.warn(error.message);
    }
  }

  /** Return the running client, starting it if need be. Raises ServerUnavailableError. */
  async ready(): Promise<LanguageClient> {
    this.starting ??= this.launch();
    try {
      return await this.starting;
    } catch (error) {
      this.starting = undefined;
      throw error;
    }
  }

  /** End the server; `start` begins anew. */
  async stop(): Promise<void> {
    const client = await this.starting?.catch(() => undefined);
    this.starting = undefined;
    this.client = undefined;
    if (client !== undefined) {
      await client.dispose();
    }
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  /** Install the server that the extension carries, then start it. */
  async install(): Promise<void> {
    try {
      await this.installer.install((line) => this.channels.output.info(line));
    } catch (error) {
      if (error instanceof InstallError) {
        throw new ServerUnavailableError(error.message, { cause: error });
      }
      throw error;
    }
    await this.restart();
  }

  /** Ask the server. Raises ServerUnavailableError. */
  async request<Answer>(method: string, parameters: object, token?: vscode.CancellationToken): Promise<Answer> {
    const client = await this.ready();
    // An undefined token would be sent as a second parameter.
    return await (token === undefined ? client.sendRequest<Answer>(method, parameters) : client.sendRequest<Answer>(method, parameters, token));
  }

  /** Ask the server something that an older one may not know: undefined then. */
  async requestIfKnown<Answer>(method: string, parameters: object, token?: vscode.CancellationToken): Promise<Answer | undefined> {
    try {
      return await this.request<Answer>(method, parameters, token);
    } catch (error) {
      if (codeOf(error) === METHOD_NOT_FOUND) {
        return undefined;
      }
      throw error;
    }
  }

  /** Start, stop ... the backend; the server itself says what goes wrong. */
  async backend(action: BackendAction): Promise<void> {
    const state = await this.request<BackendState>('workspace/executeCommand', { command: BACKEND_COMMAND, arguments: [action] });
    this.set({ kind: 'running', backend: state });
  }

  dispose(): void {
    this.changed.dispose();
    void this.stop();
  }

  private async launch(): Promise<LanguageClient> {
    const settings = readSettings();
    if (!settings.serverEnabled) {
      this.set({ kind: 'disabled' });
      throw new ServerUnavailableError(vscode.l10n.t('The language server is turned off by qwenLsp.server.enabled.'));
    }
    this.set({ kind: 'starting' });
    this.found = await this.locate(settings.serverPath);
    const { createClient } = await import('./client');
    const server = serverOptions(this.optionNames);
    const options = vscode.workspace.isTrusted
      ? server
      : // Nothing of a workspace that is not trusted is run.
        { ...server, options: { ...server.options, fix: { rerun: 'off' } } };
    const client = createClient(this.found.command, options, this.middleware(), this.channels, {
      onBackendState: (backend) => this.set({ kind: 'running', backend }),
      onCrash: (again) => this.crashed(again),
      onRunning: () => void this.learnState(client),
    });
    this.client = client;
    try {
      await client.start();
    } catch (error) {
      throw this.broken(vscode.l10n.t('{0} did not start: {1}', this.found.command, messageOf(error)));
    }
    return client;
  }

  private async locate(setting: string): Promise<ServerCommand> {
    try {
      const found = await locateServer({
        setting,
        environments: activeEnvironments(),
        path: process.env.PATH ?? '',
        own: this.installer.programs,
      });
      if (found !== undefined) {
        return found;
      }
    } catch (error) {
      if (error instanceof ServerPathError) {
        throw this.broken(error.message);
      }
      throw error;
    }
    this.set({ kind: 'missing' });
    throw new ServerUnavailableError(vscode.l10n.t('The program qwen-lsp was not found. Install it, or name it in qwenLsp.server.path.'));
  }

  /** The first state is told only to who asks; later ones come by themselves. */
  private async learnState(client: LanguageClient): Promise<void> {
    try {
      const backend = await client.sendRequest<BackendState>(BACKEND_STATE, {});
      this.set({ kind: 'running', backend });
    } catch (error) {
      if (this.client === client) {
        this.channels.output.warn(`${BACKEND_STATE}: ${messageOf(error)}`);
        this.set({ kind: 'running', backend: UNKNOWN_BACKEND });
      }
    }
  }

  private crashed(again: boolean): void {
    if (again) {
      this.set({ kind: 'starting' });
    } else {
      this.broken(vscode.l10n.t('The language server ended again and again; its output says why.'));
      this.starting = undefined;
    }
  }

  private broken(reason: string): ServerUnavailableError {
    this.set({ kind: 'broken', reason });
    return new ServerUnavailableError(reason);
  }

  private set(condition: Condition): void {
    this.present = condition;
    this.changed.fire(condition);
  }
}

/** Whether the server answered that the request was cancelled, by the user or by a newer one. */
export function isCancelled(error: unknown): boolean {
  return error instanceof vscode.CancellationError || codeOf(error) === REQUEST_CANCELLED;
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function codeOf(error: unknown): unknown {
  return (error as { code?: unknown } | undefined)?.code;
}
