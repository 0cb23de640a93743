import type { z } from 'zod';
import type { Immutable } from './immutable.ts';

/** One route of the admin API: what it takes, and what it answers. */
export interface RouteShape {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** Below `/api/v1`, parameters in braces. */
  readonly path: `/${string}`;
  readonly tag: string;
  readonly summary: string;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  /** It changes nothing although it is no GET, because what it asks about takes a body. */
  readonly isRead?: true;
  /** What must be sent; to that of a write `reason` is added. Without it, a body may hold a reason only. */
  readonly body?: z.ZodObject;
  /** All that it may hold may be left out, and so may the body. */
  readonly isBodyOptional?: true;
  /** The answer to what is carried out; what a dry run and a proposal are answered is the same for all. */
  readonly answer: z.ZodType;
  /** Default: 200. */
  readonly status?: 201;
  /** It cannot be looked at or proposed first: it hands out a secret, or does more than to write a document. */
  readonly isImmediate?: true;
  /** It can answer in plain text as well: what it then says. */
  readonly text?: string;
  /** It answers with server-sent events, and never ends: what they say. `answer` is the data of one. */
  readonly events?: string;
}

/** A route as it is written down: its literals stay literals, so that clients can be typed by method and path. */
export function route<const Shape extends RouteShape>(shape: Shape): Shape {
  return shape;
}

/** What a route answers when it has done what it was asked. */
export type AnswerOf<Route extends RouteShape> = Immutable<z.output<Route['answer']>>;
