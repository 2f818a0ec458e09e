import { execFile } from 'node:child_process';
import { homedir } from 'node:os';
import { promisify } from 'node:util';
import * as vscode from 'vscode';

const run = promisify(execFile);

const ANSWER_TIMEOUT_MS = 60_000;
const LOG_LINES = 500;

/** `qwen-launcher`, which comes with the server: what the protocol of the server does not offer. */
export class Launcher {
  constructor(private readonly program: () => string | undefined) {}

  /** Return what a command prints, also when it fails; undefined where there is no launcher. */
  async output(...parameters: string[]): Promise<string | undefined> {
    const program = this.program();
    if (program === undefined) {
      return undefined;
    }
    try {
      const { stdout, stderr } = await run(program, parameters, { timeout: ANSWER_TIMEOUT_MS, cwd: homedir() });
      return stdout + stderr;
    } catch (error) {
      const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
      return stdout + stderr || String(error);
    }
  }

  /** Show in an editor what a command prints. */
  async show(title: string, ...parameters: string[]): Promise<void> {
    const content = (await this.output(...parameters)) ?? vscode.l10n.t('The program qwen-launcher was not found beside the server.');
    const document = await vscode.workspace.openTextDocument({ content: `${title}\n\n${content}`, language: 'log' });
    await vscode.window.showTextDocument(document);
  }

  async showDoctor(): Promise<void> {
    await this.show('qwen-launcher doctor', 'doctor');
  }

  async showEngineLog(): Promise<void> {
    await this.show('qwen-launcher logs', 'logs', '--lines', String(LOG_LINES));
  }

  /** Let the user choose a model and try it; the one before stays the stable version. */
  async switchModel(): Promise<void> {
    const listed = (await this.output('models')) ?? '';
    const items = modelsIn(listed);
    const other = { label: `$(edit) ${vscode.l10n.t('Another folder or model hub id …')}`, description: '' };
    const chosen = await vscode.window.showQuickPick([...items, other], { title: vscode.l10n.t('Try Another Model') });
    const model = chosen === other ? await vscode.window.showInputBox({ prompt: vscode.l10n.t('A folder in Hugging Face form, or a model hub id') }) : chosen?.label;
    const program = this.program();
    if (model === undefined || model.trim() === '' || program === undefined) {
      return;
    }
    await vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title: vscode.l10n.t('Trying {0}', model) }, async () => {
      try {
        await run(program, ['try', '--model', model.trim()], { cwd: homedir() });
      } catch (error) {
        const said = ((error as { stderr?: string }).stderr ?? '').trim();
        await vscode.window.showErrorMessage(said === '' ? String(error) : said);
      }
    });
  }
}

/** Return the models that `qwen-launcher models` lists: a name, two blanks, a description. */
export function modelsIn(listed: string): vscode.QuickPickItem[] {
  return listed
    .split('\n')
    .map((line) => /^(\S+)\s{2,}(.+)$/.exec(line))
    .filter((match) => match !== null)
    .map((match) => ({ label: match[1] ?? '', description: match[2] ?? '' }));
}
