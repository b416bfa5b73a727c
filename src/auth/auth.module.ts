import { Global, Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { CredentialReader } from '../kernel/actor/actor.js';
import { TenantsModule } from '../tenants/tenants.module.js';
import { AccountsErasure } from './accounts-erasure.service.js';
import { AccountsService } from './accounts.service.js';
import { ActorCache } from './actor-cache.js';
import { ActorReader } from './actor-reader.js';
import { AuthController } from './auth.controller.js';
import { AuthRoutingController } from './auth.routing.controller.js';
import { AuthService } from './auth.service.js';
import { GatewayAccounts } from './gateway-accounts.service.js';
import { LoginLimits } from './login-limits.js';
import { Members } from '../kernel/actor/members.js';
import { MembersReader } from './members-reader.js';
import { MembershipsController } from './memberships.controller.js';
import { MembershipsService } from './memberships.service.js';
import { PasswordChanges } from './password-changes.service.js';
import { PasswordChecks } from './password-checks.js';
import { Passwords } from './passwords.js';
import { RolesController } from './roles.controller.js';
import { SessionsService } from './sessions.service.js';
import { StoreActors } from './store-actors.service.js';
import { StoreSessions } from './store-sessions.service.js';
import { StoreSignIn } from './store-sign-in.service.js';
import { TeamAccounts } from './team-accounts.service.js';
import { Tokens } from './tokens.js';
import { UserRecords } from './user-records.js';
import { UsersGatewayController } from './users.gateway.controller.js';
import { UsersRepository } from './users.repository.js';
import { UsersService } from './users.service.js';

/** Global for the ports of the kernel that it provides: who is asking, and who is a member. */
@Global()
@Module({
  imports: [AuditModule, TenantsModule],
  controllers: [AuthRoutingController, AuthController, RolesController, MembershipsController, UsersGatewayController],
  providers: [
    AccountsErasure,
    AccountsService,
    ActorCache,
    AuthService,
    GatewayAccounts,
    LoginLimits,
    MembershipsService,
    PasswordChanges,
    PasswordChecks,
    Passwords,
    SessionsService,
    StoreActors,
    StoreSessions,
    StoreSignIn,
    TeamAccounts,
    Tokens,
    UserRecords,
    UsersRepository,
    UsersService,
    { provide: CredentialReader, useClass: ActorReader },
    { provide: Members, useClass: MembersReader },
  ],
  exports: [
    AccountsErasure,
    AccountsService,
    AuthService,
    CredentialReader,
    GatewayAccounts,
    Members,
    StoreActors,
    StoreSignIn,
    TeamAccounts,
  ],
})
export class AuthModule {}
