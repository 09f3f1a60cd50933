import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { fromBase64url } from './base64url.ts';
import { offlineFile } from './offlineFile.ts';

const BYTES = Uint8Array.from({ length: 100 }, (_, i) => i);
const FILES = {
  script: 'const a = "</script><script>alert(1)</script><!--"; run(/<\\/script/.test(a));',
  style: 'body { color: red }',
};

it('an offline file runs exactly its own script and style, and carries its data', async () => {
  const html = await offlineFile('A <b>"bold"</b> & name', BYTES, false, FILES);
  expect(html).toContain('<title>A &#60;b&#62;&#34;bold&#34;&#60;/b&#62; &#38; name</title>');
  const [, script = ''] = /<script type="module">([\s\S]*?)<\/script>/.exec(html) ?? [];
  const [, style = ''] = /<style>([\s\S]*?)<\/style>/.exec(html) ?? [];
  const policy = /Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1] ?? '';
  for (const text of [script, style])
    expect(policy).toContain(`'sha256-${createHash('sha256').update(text).digest('base64')}'`);
  expect(policy).toContain("default-src 'none'");
  // The script means what it meant: the escapes are those of JavaScript.
  expect(script).not.toMatch(/<\/script|<!--/i);
  expect(script.replaceAll('\\x3c', '<')).toBe(FILES.script);
  const [, data = ''] = /id="share-data">b1\.([\w-]*)</.exec(html) ?? [];
  expect(fromBase64url(data)).toEqual(BYTES);
  expect(await offlineFile('x', BYTES, true, FILES)).toContain('id="share-data">e1.');
});
