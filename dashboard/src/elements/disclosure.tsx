import type { ReactNode } from 'react';
import classes from './disclosure.module.css';

interface Props {
  readonly title: ReactNode;
  readonly isOpenAtFirst?: boolean;
  readonly children: ReactNode;
}

/** What is seldom wanted, behind a line that opens. The browser's own, so that the page's search finds what is in it. */
export function Disclosure({ title, isOpenAtFirst = false, children }: Props) {
  return (
    <details className={classes.details} open={isOpenAtFirst}>
      <summary className={classes.summary}>{title}</summary>
      <div className={classes.content}>{children}</div>
    </details>
  );
}
