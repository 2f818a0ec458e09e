import * as vscode from 'vscode';
import type { Server } from '../server/server';
import { readSettings } from '../settings';
import { statusView } from './view';

/** The one status item: what the server and the model do; a click opens the menu. */
export class StatusItem implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem('qwenLsp.status', vscode.StatusBarAlignment.Right, 100);
  private readonly subscriptions: vscode.Disposable[];

  constructor(private readonly server: Server) {
    this.item.name = 'Qwen';
    this.item.command = 'qwenLsp.menu';
    this.subscriptions = [
      this.item,
      server.onDidChange(() => this.show()),
      vscode.workspace.onDidChangeConfiguration(() => this.show()),
    ];
    this.show();
  }

  dispose(): void {
    for (const subscription of this.subscriptions) {
      subscription.dispose();
    }
  }

  private show(): void {
    if (!readSettings().showsStatusItem) {
      this.item.hide();
      return;
    }
    const view = statusView(this.server.condition);
    this.item.text = view.text;
    this.item.tooltip = view.tooltip;
    this.item.accessibilityInformation = { label: `${view.label}. ${view.tooltip}`, role: 'button' };
    this.item.backgroundColor =
      view.severity === 'normal' ? undefined : new vscode.ThemeColor(`statusBarItem.${view.severity}Background`);
    this.item.show();
  }
}
