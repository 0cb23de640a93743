import { mintToken } from './token.ts';

// Why: decision 0099.
const PREFIX = 'adm_';

/** A link that works once. `url` is shown once and kept nowhere. */
export interface MintedLink {
  readonly url: string;
  readonly selector: string;
  readonly secretHash: string;
}

/**
 * Makes a link: `<server>/link#<22 characters>_<43 characters>`, halves as of tokens. What stands behind the # is not
 * sent by browsers, so the code reaches no log of a server or proxy, and no Referer.
 *
 * @param base where people reach the server, without a slash at its end
 */
export function mintLink(base: string): MintedLink {
  const { text, selector, secretHash } = mintToken('admin');
  if (secretHash === null) throw new Error('A code without a secret is none.');
  return { url: `${base}/link#${text.slice(PREFIX.length)}`, selector, secretHash };
}
