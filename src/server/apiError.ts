/** Errors of the share API: `{error: {code, message}}` with a status. */

import type { ContentfulStatusCode } from 'hono/utils/http-status';

export type ApiErrorCode =
  | 'bad-request'
  | 'unauthorised'
  | 'unknown'
  | 'method-not-allowed'
  | 'taken'
  | 'gone'
  | 'too-large'
  | 'too-many-requests'
  | 'storage-full'
  | 'internal';

const STATUS: Readonly<Record<ApiErrorCode, ContentfulStatusCode>> = {
  'bad-request': 400,
  unauthorised: 401,
  unknown: 404,
  'method-not-allowed': 405,
  taken: 409,
  gone: 410,
  'too-large': 413,
  'too-many-requests': 429,
  internal: 500,
  'storage-full': 507,
};

export class ApiError extends Error {
  readonly code: ApiErrorCode;
  readonly headers: Readonly<Record<string, string>>;
  constructor(code: ApiErrorCode, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.code = code;
    this.headers = headers;
  }

  get status(): ContentfulStatusCode {
    return STATUS[this.code];
  }

  get body(): { readonly error: { readonly code: ApiErrorCode; readonly message: string } } {
    return { error: { code: this.code, message: this.message } };
  }
}
