/** Our server as it is shipped, in a process that tells how it is. */
import './watch.ts';
import '../../../server/src/main.ts';
