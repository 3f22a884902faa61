import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { ApiKeys } from '#libs/access';
import type { Caller } from '#libs/kernel';
import { CurrentCaller } from '../../http/current-caller.js';
import { Documented } from '../../http/documented.js';
import { SecretRoute } from '../../http/route-options.js';
import { fromKey, toNewKey } from './keys.mapper.js';
import {
  createdKeySchema,
  keyListSchema,
  newKeySchema,
  type KeyAnswer,
  type NewKeyBody,
} from './keys.schema.js';

@Controller('v1/keys')
export class KeysController {
  constructor(@Inject(ApiKeys) private readonly keys: ApiKeys) {}

  @Post()
  @SecretRoute()
  @Documented({
    summary: 'Make an API key; its secret is shown this once',
    answers: { 201: createdKeySchema },
  })
  async create(
    @CurrentCaller() caller: Caller,
    @Body({ schema: newKeySchema }) body: NewKeyBody,
  ): Promise<KeyAnswer & { key: string }> {
    const { record, secret } = await this.keys.create(caller, toNewKey(body));
    return { ...fromKey(record), key: secret };
  }

  @Get()
  @Documented({
    summary: 'All API keys, newest first, without their secrets',
    answers: { 200: keyListSchema },
  })
  async list(@CurrentCaller() caller: Caller): Promise<{ data: KeyAnswer[]; next_cursor: null }> {
    const records = await this.keys.list(caller);
    return { data: records.map(fromKey), next_cursor: null };
  }

  @Delete(':id')
  @HttpCode(204)
  @Documented({ summary: 'Take an API key back', answers: { 204: null } })
  revoke(@CurrentCaller() caller: Caller, @Param('id') id: string): Promise<void> {
    return this.keys.revoke(caller, id);
  }
}
