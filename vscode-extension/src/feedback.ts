import type * as vscode from 'vscode';
import type { Outcomes } from './outcome';
import { FEEDBACK, type FeedbackParams } from './protocol';
import { messageOf, type Server } from './server/server';

/** Tells the server what the user thinks of an answer and what became of a fix; it keeps that on this machine. */
export class Feedback implements vscode.Disposable {
  private readonly subscription: vscode.Disposable;
  /** False once the server has turned out not to take feedback. */
  isKnown = true;

  constructor(
    private readonly server: Server,
    outcomes: Outcomes,
    private readonly log: (line: string) => void,
  ) {
    this.subscription = outcomes.onDidApplyOrUndo(({ fix, verdict }) => void this.send({ target: 'fix', fix, verdict }));
  }

  /** Return whether the server took it. */
  async send(parameters: FeedbackParams): Promise<boolean> {
    try {
      this.isKnown = this.isKnown && (await this.server.requestIfKnown<object>(FEEDBACK, parameters)) !== undefined;
      return this.isKnown;
    } catch (error) {
      this.log(`${FEEDBACK}: ${messageOf(error)}`);
      return false;
    }
  }

  dispose(): void {
    this.subscription.dispose();
  }
}
