/** The content security policy lets in only the style elements that carry this page's nonce. */
export function styleNonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[name=csp-nonce]')?.content ?? '';
}

/**
 * Dialogs keep the page behind them from scrolling by a style element of their own, from a package that asks for the
 * nonce by this name.
 */
export function offerStyleNonce(): void {
  Object.assign(globalThis, { __webpack_nonce__: styleNonce() });
}
