import { Injectable } from '@nestjs/common';
import { uuidv7 } from 'uuidv7';
import { AuditService } from '../audit/audit.service.js';
import { AccountsErasure } from '../auth/accounts-erasure.service.js';
import type { Actor } from '../kernel/actor/actor.js';
import { Idempotency } from '../kernel/idempotency/idempotency.js';
import { UnitOfWork } from '../kernel/mongo/unit-of-work.js';
import { SubjectKeys } from '../kernel/privacy/subject-keys.js';
import { KeysErasure } from '../keys/keys-erasure.service.js';
import { PaymentsErasure } from '../payments/payments-erasure.service.js';
import { WebhooksErasure } from '../webhooks/webhooks-erasure.service.js';

/** Erases people: one transaction over the user, the sessions and everything that was theirs. */
@Injectable()
export class ErasureService {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly accounts: AccountsErasure,
    private readonly keys: KeysErasure,
    private readonly payments: PaymentsErasure,
    private readonly webhooks: WebhooksErasure,
    private readonly audit: AuditService,
    private readonly idempotency: Idempotency,
    private readonly subjectKeys: SubjectKeys,
  ) {}

  /** Afterwards the e-mail may register again, as somebody else. */
  eraseMe({ userId }: Actor): Promise<void> {
    return this.erase(userId, undefined);
  }

  /** As `eraseMe`, by somebody who may; `answer` is what its request is answered, now and again. */
  async erase<Answer>(userId: string, answer: Answer, by?: Actor): Promise<Answer> {
    const pseudonym = `erased_${uuidv7()}`;
    return this.unitOfWork.run(async (session) => {
      const user = await this.accounts.erase(session, userId, by);
      await this.keys.erase(session, userId);
      await this.idempotency.forget(session, userId);
      await this.subjectKeys.destroy(session, userId);
      for (const { tenantId } of user?.memberships ?? []) {
        await this.payments.erase(session, tenantId, userId, pseudonym);
        await this.webhooks.erase(session, tenantId, userId);
        await this.audit.forget(session, tenantId, userId, pseudonym);
      }
      return answer;
    });
  }
}
