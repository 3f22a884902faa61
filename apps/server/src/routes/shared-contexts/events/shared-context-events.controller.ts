import { Controller, Get, Headers, Inject, Param, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Caller, Clock } from '#libs/kernel';
import { ContextEvents } from '#libs/shared-context';
import { CurrentCaller } from '../../../http/current-caller.js';
import { Documented } from '../../../http/documented.js';
import { EventStream } from '../../../http/event-stream.js';
import { name } from '../shared-contexts.schema.js';
import { toEventStream, toPosition } from './shared-context-events.mapper.js';
import { eventData } from './shared-context-events.schema.js';

@Controller('v1/shared-contexts/:context/events')
export class SharedContextEventsController {
  constructor(
    @Inject(ContextEvents) private readonly events: ContextEvents,
    @Inject(EventStream) private readonly stream: EventStream,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  @Get()
  @Documented({
    summary:
      'Follow what happens in a context, as Server-Sent Events: `entry.put`, `entry.deleted`, `entry.expired`, ' +
      '`entry.evicted`, `handoff.created`, `handoff.accepted`, and `events.missed` where events that were asked for ' +
      'are no longer kept',
    headers: {
      'Last-Event-ID':
        'The id of the last event that was read: the stream goes on after it. Without it, it begins now.',
    },
    answers: { 200: eventData },
    contentType: 'text/event-stream',
  })
  async follow(
    @CurrentCaller() caller: Caller,
    @Param('context', { schema: name }) context: string,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const after = toPosition(lastEventId);
    await this.stream.send(request, reply, (gone) =>
      toEventStream(context, this.events.follow(caller, context, after, gone), this.clock),
    );
  }
}
