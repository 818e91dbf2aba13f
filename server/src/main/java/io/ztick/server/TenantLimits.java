package io.ztick.server;

import io.ztick.auth.Identity;
import io.ztick.auth.Namespace;
import io.ztick.auth.TenantRegistry;
import io.ztick.protocol.Answers;
import io.ztick.protocol.ErrorCode;
import io.ztick.scheduler.Presence;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/// What tenants by hash may have, together and each: everybody can be one. Confined to the loop.
final class TenantLimits implements Presence {
  private final TenantRegistry registry;
  private final int maxTenants;
  private final int maxJobs;

  /// @param maxTenants that have jobs or rules at once
  /// @param maxJobs of one tenant
  TenantLimits(int maxTenants, int maxJobs) {
    this.registry = new TenantRegistry(maxTenants, maxJobs);
    this.maxTenants = maxTenants;
    this.maxJobs = maxJobs;
  }

  /// Whether a client is bound by these limits.
  static boolean bind(Identity who) {
    return who.origin() == Identity.Origin.TENANT;
  }

  /// Whether a tenant may have a job that there is not; answers when it may not.
  boolean admitJob(Namespace tenant, InetAddress address, @Nullable String id, Answers answers) {
    return admits(registry.admitJob(tenant, address, System.nanoTime()), id, answers);
  }

  /// Whether a tenant may have a rule that there is not; answers when it may not.
  boolean admitRule(Namespace tenant, InetAddress address, @Nullable String id, Answers answers) {
    return admits(registry.admitRule(tenant, address, System.nanoTime()), id, answers);
  }

  private boolean admits(TenantRegistry.Admission admission, @Nullable String id, Answers answers) {
    switch (admission) {
      case ADMITTED -> {
        return true;
      }
      case TOO_MANY_TENANTS ->
          answers.error(id, ErrorCode.OVERLOADED, "max_tenants is " + maxTenants);
      case TOO_MANY_JOBS ->
          answers.error(id, ErrorCode.OVERLOADED, "tenant_max_jobs is " + maxJobs);
      case TOO_MANY_RULES -> {
        String sentence = "a tenant has at most " + TenantRegistry.MAX_RULES + " rules";
        answers.error(id, ErrorCode.OVERLOADED, sentence);
      }
      case TOO_MANY_NEW -> {
        String sentence =
            "at most "
                + TenantRegistry.NEW_TENANTS_PER_MINUTE
                + " tenants a minute are new from an"
                + " address";
        answers.error(id, ErrorCode.RATE_LIMITED, sentence);
      }
    }
    return false;
  }

  @Override
  public void jobAdded(String job) {
    registry.jobAdded(job);
  }

  @Override
  public void jobRemoved(String job) {
    registry.jobRemoved(job);
  }

  @Override
  public void ruleAdded(String rule) {
    registry.ruleAdded(rule);
  }

  @Override
  public void ruleRemoved(String rule) {
    registry.ruleRemoved(rule);
  }
}
