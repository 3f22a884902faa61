import { HeadroomError } from '#libs/kernel';
import type { QueryRunner } from 'typeorm';

/** The roles that units take; the first migration makes them and grants each table to one of them alone. */
export const TENANT_ROLE = 'headroom_tenant';
export const ACCESS_ROLE = 'headroom_access';

/** Which roles units take; null when the login itself is bound by row-level security and has no other role. */
export interface Roles {
  readonly tenant: string | null;
  readonly access: string | null;
}

interface RoleFacts {
  readonly name: string;
  readonly bypasses: boolean;
  readonly usable: boolean;
  readonly isLogin: boolean;
}

/** Finds roles under which row-level security holds. @throws HeadroomError `configuration_error` when there are none. */
export async function chooseRoles(runner: QueryRunner): Promise<Roles> {
  const facts = (await runner.query(
    `SELECT rolname AS name, rolsuper OR rolbypassrls AS bypasses,
            pg_has_role(current_user, oid, 'MEMBER') AS usable, rolname = current_user AS "isLogin"
       FROM pg_roles WHERE rolname = current_user OR rolname IN ('${TENANT_ROLE}', '${ACCESS_ROLE}')`,
  )) as RoleFacts[];
  const canTake = (name: string) => facts.some((role) => role.name === name && role.usable && !role.bypasses);
  if (canTake(TENANT_ROLE) && canTake(ACCESS_ROLE)) return { tenant: TENANT_ROLE, access: ACCESS_ROLE };
  const login = facts.find((role) => role.isLogin);
  if (login === undefined || login.bypasses) throw unbound();
  return { tenant: null, access: null };
}

function unbound(): HeadroomError {
  return new HeadroomError(
    'configuration_error',
    `The PostgreSQL login bypasses row-level security and cannot take the roles that do not. Connect as a login ` +
      `without SUPERUSER and BYPASSRLS, or let an administrator run: CREATE ROLE ${TENANT_ROLE} NOLOGIN; ` +
      `CREATE ROLE ${ACCESS_ROLE} NOLOGIN; GRANT ${TENANT_ROLE}, ${ACCESS_ROLE} TO the login.`,
  );
}
