import { z } from 'zod';
import { listAnswer } from '../answers/list.ts';
import { invitation, invitationListed, linkAnswer, meAnswer, person, personListed } from '../answers/person.ts';
import { writeAnswer } from '../answers/write.ts';
import { inviteInput, updatePersonInput } from '../inputs/people.ts';
import { pageQuery } from '../path-params.ts';
import { route } from '../route.ts';

const tag = 'People';
const ofPerson = z.object({ person: z.string().min(1).max(128) });
const ofInvitation = z.object({ invitation: z.string().min(1).max(64) });
const written = writeAnswer(person);

export const peopleRoutes = {
  listPeople: route({
    method: 'get',
    path: '/people',
    tag,
    summary: 'People whom you may manage',
    query: pageQuery,
    answer: listAnswer(personListed),
  }),
  updatePerson: route({
    method: 'patch',
    path: '/people/{person}',
    tag,
    summary: 'Change a name or roles',
    params: ofPerson,
    body: updatePersonInput,
    isImmediate: true,
    answer: written,
  }),
  disablePerson: route({
    method: 'post',
    path: '/people/{person}/disable',
    tag,
    summary: 'Lock somebody out, at once and everywhere',
    params: ofPerson,
    isImmediate: true,
    answer: written,
  }),
  enablePerson: route({
    method: 'post',
    path: '/people/{person}/enable',
    tag,
    summary: 'Let somebody in again',
    params: ofPerson,
    isImmediate: true,
    answer: written,
  }),
  createResetLink: route({
    method: 'post',
    path: '/people/{person}/reset-link',
    tag,
    summary: 'A link by which somebody chooses a new password, without their second factor',
    params: ofPerson,
    isImmediate: true,
    answer: linkAnswer,
    status: 201,
  }),
  listInvitations: route({
    method: 'get',
    path: '/invitations',
    tag,
    summary: 'Links that were made',
    query: pageQuery,
    answer: listAnswer(invitationListed),
  }),
  createInvitation: route({
    method: 'post',
    path: '/invitations',
    tag,
    summary: 'Invite somebody by a link',
    body: inviteInput,
    isImmediate: true,
    answer: linkAnswer,
    status: 201,
  }),
  revokeInvitation: route({
    method: 'post',
    path: '/invitations/{invitation}/revoke',
    tag,
    summary: 'End a link',
    params: ofInvitation,
    isImmediate: true,
    answer: writeAnswer(invitation),
  }),
  getMe: route({
    method: 'get',
    path: '/me',
    tag,
    summary: 'Who you are, and what you may do',
    answer: meAnswer,
  }),
} as const;
