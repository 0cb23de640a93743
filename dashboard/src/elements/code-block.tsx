import { Code } from '@mantine/core';
import classes from './code-block.module.css';
import { CopyButton } from './copy-button.tsx';

interface Props {
  /** What it is, for those who do not see it. */
  readonly label: string;
  readonly children: string;
}

/** Lines to be taken along. */
export function CodeBlock({ label, children }: Props) {
  return (
    <div className={classes.frame}>
      <Code block tabIndex={0} role="region" aria-label={label} className={classes.code}>
        {children}
      </Code>
      <div className={classes.copy}>
        <CopyButton text={children} what={label} />
      </div>
    </div>
  );
}
