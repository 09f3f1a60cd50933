/** Puts the content security policy into a page, for hosting that sends no headers of its own. */

import type { Plugin } from 'vite';
import { devPolicy, metaPolicy, type PageKind } from './src/server/headers.ts';

/** Our own server takes it out again and sends the whole policy. */
export function contentSecurityPolicy(kind: PageKind): Plugin {
  let content = '';
  return {
    name: 'content-security-policy',
    configResolved(config) {
      content = config.command === 'serve' ? devPolicy() : metaPolicy(kind);
    },
    transformIndexHtml: {
      order: 'post',
      handler: () => [
        {
          tag: 'meta',
          attrs: { 'http-equiv': 'Content-Security-Policy', content },
          injectTo: 'head-prepend',
        },
      ],
    },
  };
}
