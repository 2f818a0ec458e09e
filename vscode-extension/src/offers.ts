import * as vscode from 'vscode';
import type { CommandRecorder, FailedCommand } from './logs/commands';
import type { ExceptionStops } from './logs/debugStops';
import { readSettings } from './settings';

const OFFER_MS = 60_000;

/** Offers a diagnosis, discreetly, when a command fails in a terminal or the debugger stops at an exception. */
export class Offers implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem('qwenLsp.offer', vscode.StatusBarAlignment.Left, -100);
  private readonly subscriptions: vscode.Disposable[];
  private timer: NodeJS.Timeout | undefined;

  constructor(commands: CommandRecorder, stops: ExceptionStops) {
    this.item.name = vscode.l10n.t('Qwen: Offer to Diagnose');
    this.subscriptions = [
      this.item,
      commands.onDidFail((failed) => void this.offerCommand(failed)),
      stops.onDidChange((isStopped) => this.offerStop(isStopped)),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('qwenLsp')) {
          this.withdraw();
        }
      }),
    ];
  }

  /** Take the offer back. */
  withdraw(): void {
    clearTimeout(this.timer);
    this.item.hide();
  }

  dispose(): void {
    this.withdraw();
    for (const subscription of this.subscriptions) {
      subscription.dispose();
    }
  }

  private async offerCommand(failed: FailedCommand): Promise<void> {
    const way = readSettings().terminalOffer;
    if (way === 'statusItem') {
      const tooltip = vscode.l10n.t('{0} failed with exit code {1}. Click to find out why.', failed.name, failed.exitCode);
      this.show(vscode.l10n.t('Diagnose {0}', failed.name), tooltip, 'qwenLsp.diagnoseLastCommand');
      this.timer = setTimeout(() => this.withdraw(), OFFER_MS);
    } else if (way === 'notification') {
      const diagnose = vscode.l10n.t('Diagnose');
      const never = vscode.l10n.t('Do Not Offer Again');
      const message = vscode.l10n.t('{0} failed with exit code {1}.', failed.name, failed.exitCode);
      const chosen = await vscode.window.showInformationMessage(message, diagnose, never);
      if (chosen === diagnose) {
        await vscode.commands.executeCommand('qwenLsp.diagnoseLastCommand');
      } else if (chosen === never) {
        await vscode.workspace.getConfiguration('qwenLsp').update('terminal.offer', 'off', vscode.ConfigurationTarget.Global);
      }
    }
  }

  private offerStop(isStopped: boolean): void {
    if (isStopped && readSettings().debuggerOffer) {
      this.show(vscode.l10n.t('Diagnose Exception'), vscode.l10n.t('The debugger stopped at an exception. Click to find out why.'), 'qwenLsp.diagnoseDebugStop');
    } else if (this.item.command === 'qwenLsp.diagnoseDebugStop') {
      this.withdraw();
    }
  }

  private show(words: string, tooltip: string, command: string): void {
    this.withdraw();
    this.item.text = `$(debug-alt) ${words}`;
    this.item.tooltip = tooltip;
    this.item.accessibilityInformation = { label: `Qwen: ${words}. ${tooltip}`, role: 'button' };
    this.item.command = command;
    this.item.show();
  }
}
