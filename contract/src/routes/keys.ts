import { z } from 'zod';
import { key, keyListed, mintedAnswer } from '../answers/key.ts';
import { listAnswer } from '../answers/list.ts';
import { writeAnswer } from '../answers/write.ts';
import { createAdminKeyInput, createKeyInput, rotateKeyInput } from '../inputs/keys.ts';
import { inEnvironment, pageQuery } from '../path-params.ts';
import { route } from '../route.ts';

const tag = 'Keys';
const ofKey = z.object({ key: z.string().min(1).max(64) });

export const keyRoutes = {
  listEnvironmentKeys: route({
    method: 'get',
    path: '/projects/{project}/environments/{environment}/keys',
    tag,
    summary: 'Server and browser keys',
    params: inEnvironment,
    query: pageQuery,
    answer: listAnswer(keyListed),
  }),
  createEnvironmentKey: route({
    method: 'post',
    path: '/projects/{project}/environments/{environment}/keys',
    tag,
    summary: 'Create a server or browser key',
    params: inEnvironment,
    body: createKeyInput,
    isImmediate: true,
    answer: mintedAnswer,
    status: 201,
  }),
  listAdminKeys: route({
    method: 'get',
    path: '/keys',
    tag,
    summary: 'Admin tokens that you may manage',
    query: pageQuery,
    answer: listAnswer(keyListed),
  }),
  createAdminKey: route({
    method: 'post',
    path: '/keys',
    tag,
    summary: 'Create an admin token that reaches no further than yours',
    body: createAdminKeyInput,
    isImmediate: true,
    answer: mintedAnswer,
    status: 201,
  }),
  rotateKey: route({
    method: 'post',
    path: '/keys/{key}/rotate',
    tag,
    summary: 'Create a key that follows another, which goes on working for a while',
    params: ofKey,
    body: rotateKeyInput,
    isImmediate: true,
    answer: mintedAnswer,
    status: 201,
  }),
  revokeKey: route({
    method: 'post',
    path: '/keys/{key}/revoke',
    tag,
    summary: 'End a key and its streams at once',
    params: ofKey,
    answer: writeAnswer(key),
  }),
} as const;
