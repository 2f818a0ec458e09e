import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { reveal, type Diagnoser } from '../diagnose';
import type { Feedback } from '../feedback';
import { FixError, type Fixes } from '../fixes/fixes';
import type { Outcomes } from '../outcome';
import { readSettings } from '../settings';
import type { Conversation } from './conversation';
import { page } from './html';
import type { FromPage, PanelState, Rating } from './messages';
import { linkTargets, resultView } from './view';
import { panelWords } from './words';

/** The panel beside the code: the newest diagnosis, its fixes, and questions about it. */
export class ResultPanel implements vscode.Disposable {
  private panel: vscode.WebviewPanel | undefined;
  private stage: string | undefined;
  private ratings = new Map<number | null, Rating>();
  private readonly subscriptions: vscode.Disposable[];

  constructor(
    private readonly extensionUri: vscode.Uri,
    private readonly outcomes: Outcomes,
    private readonly fixes: Fixes,
    private readonly conversation: Conversation,
    private readonly feedback: Feedback,
    diagnoser: Diagnoser,
  ) {
    let shown = outcomes.current;
    this.subscriptions = [
      outcomes.onDidChange((outcome) => {
        if (outcome !== shown) {
          shown = outcome;
          this.ratings = new Map();
          conversation.clear();
          if (outcome !== undefined && readSettings().opensPanel) {
            this.show();
          }
        }
        this.tell();
      }),
      conversation.onDidChange(() => this.tell()),
      diagnoser.onDidReachStage((stage) => {
        this.stage = stage;
        this.tell();
      }),
    ];
  }

  /** Show the panel beside the code, without taking the keyboard from it. */
  show(): void {
    if (this.panel !== undefined) {
      this.panel.reveal(undefined, true);
      return;
    }
    const assets = vscode.Uri.joinPath(this.extensionUri, 'dist');
    const panel = vscode.window.createWebviewPanel(
      'qwenLsp.result',
      panelWords().title,
      { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true },
      { enableScripts: true, localResourceRoots: [assets] },
    );
    const { webview } = panel;
    const asset = (name: string): string => webview.asWebviewUri(vscode.Uri.joinPath(assets, name)).toString();
    const nonce = randomBytes(16).toString('base64url');
    webview.onDidReceiveMessage((message: FromPage) => void this.hear(message));
    webview.html = page(asset('panel.js'), asset('panel.css'), webview.cspSource, nonce, panelWords().title, vscode.env.language);
    panel.onDidDispose(() => {
      this.panel = undefined;
    });
    this.panel = panel;
    void this.conversation.learnRoles();
  }

  dispose(): void {
    this.panel?.dispose();
    for (const subscription of this.subscriptions) {
      subscription.dispose();
    }
  }

  private tell(): void {
    if (this.panel === undefined) {
      return;
    }
    const { current, fixStates } = this.outcomes;
    const state: PanelState = {
      stage: this.stage ?? null,
      result:
        current === undefined
          ? null
          : resultView(current, fixStates, (fix) => this.outcomes.after(fix), this.ratings, (path) => vscode.workspace.asRelativePath(path)),
      conversation: this.conversation.view,
      canRate: this.feedback.isKnown,
      words: panelWords(),
    };
    void this.panel.webview.postMessage(state);
  }

  private async hear(message: FromPage): Promise<void> {
    try {
      await this.obey(message);
    } catch (error) {
      if (!(error instanceof FixError)) {
        throw error;
      }
      await vscode.window.showWarningMessage(error.message);
    }
  }

  private async obey(message: FromPage): Promise<void> {
    switch (message.type) {
      case 'ready':
        this.tell();
        break;
      case 'open': {
        const outcome = this.outcomes.current;
        const target = outcome === undefined ? undefined : linkTargets(outcome)[message.link];
        if (target !== undefined) {
          await reveal(target.path, target.start);
        }
        break;
      }
      case 'preview':
        await this.fixes.preview(message.fix);
        break;
      case 'apply':
        await this.fixes.apply(message.fix);
        break;
      case 'undo':
        await this.fixes.undo(message.fix);
        break;
      case 'rerun':
        this.fixes.rerun();
        break;
      case 'ask':
        await this.conversation.ask(message.question, message.role);
        break;
      case 'stop':
        this.conversation.stop();
        break;
      case 'rate':
        await this.rate(message.fix, message.verdict);
        break;
    }
  }

  private async rate(fix: number | null, verdict: Rating): Promise<void> {
    const taken = await this.feedback.send(fix === null ? { target: 'diagnosis', verdict } : { target: 'fix', fix, verdict });
    if (taken) {
      this.ratings.set(fix, verdict);
    }
    this.tell();
  }
}
