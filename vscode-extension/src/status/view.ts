import * as vscode from 'vscode';
import type { BackendState } from '../protocol';
import type { Condition } from '../server/server';

/** What the status item shows. */
export interface StatusView {
  /** With codicons. */
  readonly text: string;
  /** What a screen reader says. */
  readonly label: string;
  /** Plain text, several lines. */
  readonly tooltip: string;
  readonly severity: 'normal' | 'warning' | 'error';
}

/** Return what is shown of a condition. */
export function statusView(condition: Condition): StatusView {
  switch (condition.kind) {
    case 'disabled':
      return view('circle-slash', vscode.l10n.t('off'), vscode.l10n.t('The language server is turned off by qwenLsp.server.enabled.'));
    case 'missing':
      return view('cloud-download', vscode.l10n.t('not installed'), vscode.l10n.t('The program qwen-lsp was not found. Choose "Install" in the menu, or name it in qwenLsp.server.path.'), 'warning');
    case 'starting':
      return view('loading~spin', vscode.l10n.t('starting'), vscode.l10n.t('The language server is starting.'));
    case 'broken':
      return view('error', vscode.l10n.t('failed'), condition.reason, 'error');
    case 'running':
      return backendView(condition.backend);
  }
}

function backendView(backend: BackendState): StatusView {
  const model = backend.model ?? vscode.l10n.t('ready');
  const detail = backend.detail;
  switch (backend.state) {
    case 'off':
      return view('circle-outline', vscode.l10n.t('off'), lines(vscode.l10n.t('The model is not running. The first diagnosis starts it.'), detail));
    case 'ready':
      return view('sparkle', model, lines(vscode.l10n.t('The model is ready.'), detail, trial(backend)));
    case 'busy':
      return view('sync~spin', vscode.l10n.t('{0} (busy)', model), lines(vscode.l10n.t('The model is working.'), detail, trial(backend)));
    case 'failed':
      return view('error', vscode.l10n.t('failed'), lines(backend.reason ?? detail, backend.remedy ?? ''), 'error');
    default: {
      // A stage of the start, by its name in the protocol.
      const stage = stageName(backend.state);
      const words = backend.percent === null ? stage : `${stage} ${Math.round(backend.percent)} %`;
      return view('loading~spin', words, lines(backend.model ?? '', detail));
    }
  }
}

function stageName(state: string): string {
  switch (state) {
    case 'installing':
      return vscode.l10n.t('installing');
    case 'downloading':
      return vscode.l10n.t('downloading');
    case 'converting':
      return vscode.l10n.t('converting');
    case 'loading':
      return vscode.l10n.t('loading');
    case 'compiling':
      return vscode.l10n.t('compiling');
    case 'rolling-back':
      return vscode.l10n.t('rolling back');
    default:
      return state;
  }
}

function trial(backend: BackendState): string {
  return backend.version === 'latest' ? vscode.l10n.t('On trial: keep it or roll it back in the menu.') : '';
}

function view(icon: string, words: string, tooltip: string, severity: StatusView['severity'] = 'normal'): StatusView {
  return { text: `$(${icon}) Qwen: ${words}`, label: `Qwen: ${words}`, tooltip, severity };
}

function lines(...parts: string[]): string {
  return parts.filter((part) => part !== '').join('\n');
}
