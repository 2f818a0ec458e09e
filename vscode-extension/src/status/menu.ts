import * as vscode from 'vscode';
import type { Condition } from '../server/server';
import { statusView } from './view';

interface Entry extends vscode.QuickPickItem {
  readonly command?: string;
}

/** Show what can be done in the present condition, and do what the user chooses. */
export async function showMenu(condition: Condition): Promise<void> {
  const view = statusView(condition);
  const chosen = await vscode.window.showQuickPick(entries(condition), { title: view.label, placeHolder: view.tooltip.split('\n')[0] ?? '' });
  if (chosen?.command !== undefined) {
    await vscode.commands.executeCommand(chosen.command);
  }
}

/** Return the menu of a condition, the most useful entry first. */
export function entries(condition: Condition): Entry[] {
  const t = vscode.l10n.t;
  const diagnose = entry('debug-alt', t('Diagnose an Error Log …'), 'qwenLsp.diagnose');
  const care = [
    separator(t('Help')),
    entry('output', t('Show the Output of the Language Server'), 'qwenLsp.showOutput'),
    entry('book', t('Show the Engine\'s Log'), 'qwenLsp.showEngineLog'),
    entry('pulse', t('Check Machine and Installation'), 'qwenLsp.doctor'),
    entry('bug', t('Collect Diagnostics for a Report'), 'qwenLsp.collectDiagnostics'),
  ];
  switch (condition.kind) {
    case 'disabled':
      return [entry('gear', t('Open Settings'), 'workbench.action.openSettings')];
    case 'missing':
      return [entry('cloud-download', t('Install the Language Server'), 'qwenLsp.installServer'), entry('gear', t('Open Settings'), 'workbench.action.openSettings')];
    case 'starting':
      return [diagnose, ...care];
    case 'broken':
      return [entry('refresh', t('Start the Language Server Again'), 'qwenLsp.restartServer'), entry('cloud-download', t('Install the Language Server'), 'qwenLsp.installServer'), ...care];
    case 'running': {
      const { state, version } = condition.backend;
      const isOff = state === 'off' || state === 'failed';
      const trial = [entry('check', t('Keep the Model on Trial'), 'qwenLsp.promote'), entry('discard', t('Go Back to the Model Before'), 'qwenLsp.rollback')];
      return [
        diagnose,
        separator(t('Model')),
        isOff ? entry('play', t('Start the Model'), 'qwenLsp.startBackend') : entry('debug-stop', t('Stop the Model, for All Windows'), 'qwenLsp.stopBackend'),
        entry('arrow-swap', t('Try Another Model …'), 'qwenLsp.switchModel'),
        ...(version === 'latest' ? trial : []),
        entry('refresh', t('Restart the Language Server'), 'qwenLsp.restartServer'),
        ...care,
      ];
    }
  }
}

function entry(icon: string, words: string, command: string): Entry {
  return { label: `$(${icon}) ${words}`, command };
}

function separator(label: string): Entry {
  return { label, kind: vscode.QuickPickItemKind.Separator };
}
