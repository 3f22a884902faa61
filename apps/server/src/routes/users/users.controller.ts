import { Controller, Delete, HttpCode, Inject, Param } from '@nestjs/common';
import { UserErasure, type Caller } from '#libs/kernel';
import { CurrentCaller } from '../../http/current-caller.js';
import { Documented } from '../../http/documented.js';
import { scopeId } from '../../http/scope.schema.js';
import { toReceipt, type ErasureOnTheWire } from './users.mapper.js';
import { erasureSchema } from './users.schema.js';

@Controller('v1/users')
export class UsersController {
  constructor(@Inject(UserErasure) private readonly erasure: UserErasure) {}

  @Delete(':user_id')
  @HttpCode(200)
  @Documented({ summary: 'Erase everything of a user', answers: { 200: erasureSchema } })
  async erase(
    @CurrentCaller() caller: Caller,
    @Param('user_id', { schema: scopeId }) userId: string,
  ): Promise<ErasureOnTheWire> {
    return toReceipt(await this.erasure.erase(caller, userId));
  }
}
