package io.ztick.auth;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The tenants by hash that have jobs or rules, and the limits on them. Everybody may log in as a
/// tenant; only one with jobs or rules takes room, so only those count. Whoever keeps jobs and
/// rules tells which come and go, in recovery too. Confined to its owner's thread.
public final class TenantRegistry {

  /// The most tenants that one source brings in a minute.
  public static final int NEW_TENANTS_PER_MINUTE = 5;

  /// The sources that are told apart; those beyond bring none until a minute is over.
  private static final int MAX_SOURCES = 4096;

  /// The most rules of one tenant: else one could take all that the server has room for.
  public static final int MAX_RULES = 100;

  private static final long MINUTE_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final int maxTenants;
  private final int maxJobs;
  private final Map<Namespace, Holding> holdings = new HashMap<>();
  private final RateLimit<AddressRange> newcomers =
      new RateLimit<>(NEW_TENANTS_PER_MINUTE, MINUTE_NANOS, MAX_SOURCES);

  /// Tenants that were new lately; the limit above bounds them.
  private final RateLimit<Namespace> arrivals = new RateLimit<>(1, MINUTE_NANOS, Integer.MAX_VALUE);

  /// What a tenant has.
  private record Holding(int jobs, int rules) {
    static final Holding NOTHING = new Holding(0, 0);
  }

  /// Whether a tenant may have one more job or rule.
  public enum Admission {
    ADMITTED,
    /// `max_tenants` others have some.
    TOO_MANY_TENANTS,
    /// The tenant has `tenant_max_jobs`.
    TOO_MANY_JOBS,
    /// The tenant has {@link #MAX_RULES}.
    TOO_MANY_RULES,
    /// {@link #NEW_TENANTS_PER_MINUTE} came from the source within a minute.
    TOO_MANY_NEW
  }

  /// @param maxTenants that have jobs or rules at once
  /// @param maxJobs of one tenant at once
  public TenantRegistry(int maxTenants, int maxJobs) {
    this.maxTenants = maxTenants;
    this.maxJobs = maxJobs;
  }

  /// There is a job that there was not.
  public void jobAdded(String job) {
    change(job, 1, 0);
  }

  /// A job is gone.
  public void jobRemoved(String job) {
    change(job, -1, 0);
  }

  /// There is a rule that there was not.
  public void ruleAdded(String rule) {
    change(rule, 0, 1);
  }

  /// A rule is gone.
  public void ruleRemoved(String rule) {
    change(rule, 0, -1);
  }

  private void change(String identifier, int jobs, int rules) {
    Namespace tenant = Tenants.owner(identifier);
    if (tenant != null) {
      holdings.compute(tenant, (_, held) -> changed(held, jobs, rules));
    }
  }

  private static @Nullable Holding changed(@Nullable Holding held, int jobs, int rules) {
    Holding before = held == null ? Holding.NOTHING : held;
    Holding after = new Holding(before.jobs() + jobs, before.rules() + rules);
    if (after.jobs() < 0 || after.rules() < 0) {
      throw new IllegalStateException("more was removed than there was");
    }
    return after.equals(Holding.NOTHING) ? null : after;
  }

  /// How many tenants have jobs or rules.
  int count() {
    return holdings.size();
  }

  /// Whether a tenant may have a job that it has not.
  public Admission admitJob(Namespace tenant, InetAddress address, long nanoTime) {
    Holding held = holdings.get(tenant);
    if (held != null && held.jobs() >= maxJobs) {
      return Admission.TOO_MANY_JOBS;
    }
    return held != null ? Admission.ADMITTED : admitNew(tenant, address, nanoTime);
  }

  /// Whether a tenant may have a rule that it has not.
  public Admission admitRule(Namespace tenant, InetAddress address, long nanoTime) {
    Holding held = holdings.get(tenant);
    if (held != null && held.rules() >= MAX_RULES) {
      return Admission.TOO_MANY_RULES;
    }
    return held != null ? Admission.ADMITTED : admitNew(tenant, address, nanoTime);
  }

  private Admission admitNew(Namespace tenant, InetAddress address, long nanoTime) {
    if (holdings.size() >= maxTenants) {
      return Admission.TOO_MANY_TENANTS;
    }
    if (!arrivals.admits(tenant, nanoTime)) {
      // It had something a moment ago: setting and removing one job is no arrival each time.
      return Admission.ADMITTED;
    }
    AddressRange source = AddressRange.source(address);
    if (!newcomers.admits(source, nanoTime)) {
      return Admission.TOO_MANY_NEW;
    }
    newcomers.count(source, nanoTime);
    arrivals.count(tenant, nanoTime);
    return Admission.ADMITTED;
  }
}
