import type { DryRun, Proposal, Written } from '@dimmer/contract';
import { request, type Sending } from './request.ts';

export type { Written };
/** What a write would make. */
export type Preview = DryRun;

/** One write, ready to be previewed, carried out, or proposed. `url` is whole: `/api/v1/…`. */
export interface Write extends Omit<Sending, 'signal'> {
  readonly url: string;
}

export function carryOut<Document>({ url, ...sending }: Write): Promise<Written<Document>> {
  return request<Written<Document>>(url, { method: 'POST', ...sending });
}

/** Asks what would come of it; nothing is written. */
export function preview({ url, ...sending }: Write, signal?: AbortSignal): Promise<Preview> {
  return request<Preview>(withQuery(url, 'dryRun=true'), { method: 'POST', ...sending, ...(signal && { signal }) });
}

/** Makes it a change request, which somebody else has to approve. */
export function propose({ url, ...sending }: Write): Promise<Proposal> {
  return request(withQuery(url, 'propose=true'), { method: 'POST', ...sending });
}

function withQuery(url: string, query: string): string {
  return `${url}${url.includes('?') ? '&' : '?'}${query}`;
}
