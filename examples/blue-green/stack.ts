/** One of the two stacks: a whole service in one colour. What it does is of no interest; that it is there, is. */
import { serve } from '../scenery/serve.ts';

const { COLOUR = 'blue' } = process.env;

serve((_request, response) => {
  response.setHeader('X-Stack', COLOUR);
  response.end(`Hello from ${COLOUR}.\n`);
});
