import { execFile } from 'node:child_process';
import { mkdir, readdir, rm } from 'node:fs/promises';
import * as path from 'node:path';
import { promisify } from 'node:util';
import * as vscode from 'vscode';
import { SCRIPTS } from './locate';

const run = promisify(execFile);

const PYTHONS = process.platform === 'win32' ? ['python', 'py'] : ['python3', 'python3.13', 'python3.12', 'python3.11'];
const SUITS = 'import sys; sys.exit(not (3, 11) <= sys.version_info)';
const STEP_TIMEOUT_MS = 600_000;

/** The server could not be installed; the message says what to do. */
export class InstallError extends Error {
  override readonly name = 'InstallError';
}

/** Installs the server that this extension carries into an environment of its own. */
export class Installer {
  constructor(
    private readonly storage: string,
    private readonly carried: string,
  ) {}

  private get environment(): string {
    return path.join(this.storage, 'server');
  }

  /** The folder of the programs of the environment, whether it exists or not. */
  get programs(): string {
    return path.join(this.environment, SCRIPTS);
  }

  /** Install, with progress and a cancel button. Raises InstallError; an unfinished environment is removed. */
  async install(log: (line: string) => void): Promise<void> {
    await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title: vscode.l10n.t('Installing the Qwen language server'), cancellable: true },
      async (progress, token) => {
        const stop = new AbortController();
        token.onCancellationRequested(() => stop.abort());
        const step = async (message: string, command: string, parameters: string[]): Promise<void> => {
          progress.report({ message });
          log([command, ...parameters].join(' '));
          const { stdout, stderr } = await run(command, parameters, { signal: stop.signal, timeout: STEP_TIMEOUT_MS, cwd: this.storage });
          log(stdout + stderr);
        };
        await mkdir(this.storage, { recursive: true });
        try {
          const wheel = await this.wheel();
          const python = await findPython();
          await rm(this.environment, { recursive: true, force: true });
          await step(vscode.l10n.t('making an environment'), python, ['-m', 'venv', this.environment]);
          const own = path.join(this.programs, path.basename(process.platform === 'win32' ? 'python.exe' : 'python'));
          await step(vscode.l10n.t('installing packages'), own, ['-m', 'pip', 'install', '--disable-pip-version-check', wheel]);
        } catch (error) {
          await rm(this.environment, { recursive: true, force: true });
          throw error instanceof InstallError ? error : new InstallError(explained(error, token.isCancellationRequested), { cause: error });
        }
      },
    );
  }

  private async wheel(): Promise<string> {
    const name = (await readdir(this.carried)).find((file) => file.endsWith('.whl'));
    if (name === undefined) {
      throw new InstallError(
        vscode.l10n.t('This build of the extension carries no server. Install qwen-lsp with pip and set qwenLsp.server.path.'),
      );
    }
    return path.join(this.carried, name);
  }
}

async function findPython(): Promise<string> {
  for (const python of PYTHONS) {
    try {
      await run(python, ['-c', SUITS]);
      return python;
    } catch {
      // Not there, or too old.
    }
  }
  throw new InstallError(vscode.l10n.t('No Python from 3.11 on was found on PATH. Install one, then try again.'));
}

const SHOWN_CHARACTERS = 400;

function explained(error: unknown, cancelled: boolean): string {
  if (cancelled) {
    return vscode.l10n.t('The installation was cancelled; nothing is left of it.');
  }
  const said = (error as { stderr?: unknown }).stderr;
  const reason = typeof said === 'string' && said.trim() !== '' ? said.trim().slice(-SHOWN_CHARACTERS) : String(error);
  return vscode.l10n.t('The server could not be installed: {0}', reason);
}
