/**
 * One .html file with viewer and data, for use from disk. It has a policy of its own: exactly this script
 * and this style sheet may run, by their hashes, and nothing may be loaded or sent.
 */

import { toBase64url } from './base64url.ts';

export interface ViewerFiles {
  /** An ES module without imports. */
  readonly script: string;
  readonly style: string;
}

async function hashSource(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return `'sha256-${btoa(String.fromCharCode(...new Uint8Array(digest)))}'`;
}

function escapeText(text: string): string {
  return text.replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`);
}

/** Inside HTML a script ends at the first "</script", and "<!--" changes how it is read. */
function inlineScript(script: string): string {
  return script.replace(/<(?=\/script|script|!--)/gi, '\\x3c');
}

/** @param bytes a bundle, or a sealed one */
export async function offlineFile(
  title: string,
  bytes: Uint8Array,
  sealed: boolean,
  files: ViewerFiles,
): Promise<string> {
  const script = inlineScript(files.script);
  // A style sheet cannot hold this by accident; on purpose it would be ours.
  const style = files.style.replace(/<\/style/gi, '<\\/style');
  const policy = [
    "default-src 'none'",
    `script-src ${await hashSource(script)}`,
    `style-src ${await hashSource(style)}`,
    'img-src data: blob:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${escapeText(title)}</title>
<style>${style}</style>
</head>
<body>
<div id="root"></div>
<noscript>The heatmap is drawn in your browser, which needs JavaScript.</noscript>
<script type="application/octet-stream" id="share-data">${sealed ? 'e1' : 'b1'}.${toBase64url(bytes)}</script>
<script type="module">${script}</script>
</body>
</html>
`;
}
