import { Badge } from '@mantine/core';
import type { RequestState } from '../../api/change-requests.ts';
import classes from './change-requests.module.css';
import { STATES } from './request-words.ts';

/** How a request stands. */
export function StateBadge({ state }: { readonly state: RequestState }) {
  const { name, color } = STATES[state];
  return (
    <Badge variant="light" color={color} className={classes.state}>
      {name}
    </Badge>
  );
}
