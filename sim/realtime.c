/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * realtime.h: the machine as a whole, and its processors.
 *
 * Sleep and wake: who asks something of a world sets its flag, then `poked` of its processor, then
 * looks whether that sleeps. The processor says that it sleeps, then looks at `poked`. Both sides
 * are sequentially consistent, so one of them sees the other.
 */
#include "realtime_machine.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#define SECOND_NS UINT64_C(1000000000)
/* Looks at the flags between two at the files, while a processor spins. */
#define SPIN_LOOKS 64u
uint64_t sim_rt_now_ns(const struct sim_rt *rt)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * SECOND_NS + (uint64_t)ts.tv_nsec - rt->origin_ns;
}

const char *sim_rt_drop_name(enum sim_rt_drop why)
{
	static const char *const names[SIM_RT_DROPS] = {
	    "none",	   "ring-full",	   "link-down", "bad-length", "crash",
	    "session-end", "false-credit", "stale",	"check",      "client"};

	return (unsigned)why < SIM_RT_DROPS ? names[why] : "?";
}

void rt_event(struct rt_world *w, enum sim_rt_event_kind kind, uint32_t a, uint64_t b, uint64_t c)
{
	const struct sim_rt_observer *o = &w->rt->observer;
	struct sim_rt_event e = {
	    .time_ns = w->now_ns, .b = b, .c = c, .a = a, .kind = kind, .world = w->id};

	if (o->event != NULL)
		o->event(o->ctx, &e);
}

/* ---- processors ---- */

void rt_poke(struct rt_cpu *cpu)
{
	uint64_t one = 1;

	if (!__atomic_exchange_n(&cpu->poked, true, __ATOMIC_SEQ_CST) &&
	    __atomic_load_n(&cpu->asleep, __ATOMIC_SEQ_CST))
		while (write(cpu->fd, &one, sizeof(one)) < 0 && errno == EINTR)
			;
}

/* Wait in the kernel: for no time if until_ns is not in the future. */
static void wait_for_files(struct rt_cpu *cpu, uint64_t until_ns)
{
	struct pollfd fd[1 + SIM_WORLDS] = {{.fd = cpu->fd, .events = POLLIN}};
	uint64_t now = sim_rt_now_ns(cpu->rt), ns = until_ns > now ? until_ns - now : 0u, count;
	struct timespec ts = {.tv_sec = (time_t)(ns / SECOND_NS),
			      .tv_nsec = (long)(ns % SECOND_NS)};

	for (unsigned i = 0; i < cpu->world_count; i++)
		fd[1 + i] = (struct pollfd){
		    .fd = rt_listens(cpu->world[i], now) ? cpu->world[i]->client.fd : -1,
		    .events = POLLIN};
	if (ppoll(fd, 1u + cpu->world_count, until_ns == SIM_RT_NEVER ? NULL : &ts, NULL) <= 0)
		return;
	if (fd[0].revents != 0)
		(void)!read(cpu->fd, &count, sizeof(count));
	for (unsigned i = 0; i < cpu->world_count; i++) {
		if (fd[1 + i].revents == 0)
			continue;
		cpu->world[i]->readable = true;
		/* Said once: nothing would end it. */
		cpu->world[i]->deaf = (fd[1 + i].revents & POLLIN) == 0;
	}
}

void rt_sleep(struct rt_cpu *cpu, uint64_t until_ns)
{
	__atomic_store_n(&cpu->asleep, true, __ATOMIC_SEQ_CST);
	if (!__atomic_exchange_n(&cpu->poked, false, __ATOMIC_SEQ_CST))
		wait_for_files(cpu, until_ns);
	__atomic_store_n(&cpu->asleep, false, __ATOMIC_SEQ_CST);
	__atomic_store_n(&cpu->poked, false, __ATOMIC_SEQ_CST);
}

static void relax(void)
{
#if defined(__x86_64__)
	__builtin_ia32_pause();
#else
	__asm__ volatile("" ::: "memory");
#endif
}

/* Where frames moved more may come at once: look for a while. True: ask the worlds again. */
static bool spin(struct rt_cpu *cpu, uint64_t until_ns)
{
	uint64_t end = cpu->now_ns + cpu->rt->opt.spin_ns, now;

	if (cpu->rt->opt.spin_ns == 0u || !cpu->busy)
		return false;
	cpu->busy = false;
	do {
		for (unsigned i = 0; i < SPIN_LOOKS; i++) {
			if (__atomic_load_n(&cpu->poked, __ATOMIC_RELAXED))
				return true;
			relax();
		}
		wait_for_files(cpu, 0);
		for (unsigned i = 0; i < cpu->world_count; i++)
			if (cpu->world[i]->readable)
				return true;
		now = sim_rt_now_ns(cpu->rt);
	} while (now < end && now < until_ns);
	return false;
}

/* The next world that has something to do, the one that had no turn first; else NULL and when. */
static struct rt_world *next_world(struct rt_cpu *cpu, uint64_t *until_ns)
{
	*until_ns = SIM_RT_NEVER;
	for (unsigned i = 1; i <= cpu->world_count; i++) {
		unsigned k = (cpu->last + i) % cpu->world_count;
		struct rt_world *w = cpu->world[k];
		uint64_t due;

		if (rt_load(&w->want) != RT_WANT_NOTHING)
			rt_draw(w);
		due = rt_due_ns(w, cpu->now_ns);
		if (due <= cpu->now_ns) {
			cpu->last = k;
			return w;
		}
		if (due < *until_ns)
			*until_ns = due;
	}
	return NULL;
}

static void *run_cpu(void *arg)
{
	struct rt_cpu *cpu = arg;
	uint64_t until;

	(void)prctl(PR_SET_TIMERSLACK, 1ul);
	while (!__atomic_load_n(&cpu->rt->done, __ATOMIC_ACQUIRE)) {
		struct rt_world *w = next_world(cpu, &until);

		if (w != NULL) {
			rt_turn(w);
			continue;
		}
		cpu->now_ns = sim_rt_now_ns(cpu->rt);
		if (until <= cpu->now_ns)
			continue;
		if (spin(cpu, until))
			__atomic_store_n(&cpu->poked, false, __ATOMIC_SEQ_CST);
		else
			rt_sleep(cpu, until);
		cpu->now_ns = sim_rt_now_ns(cpu->rt);
	}
	return NULL;
}

/* ---- the machine ---- */

bool sim_rt_possible(const struct scenario *sc, char *err, size_t err_size)
{
	const char *what = NULL;

	if (sc->weakness != 0u)
		what = "a countermeasure";
	for (unsigned i = 0; i < SIM_WORLDS; i++)
		if (strcmp(sc->core[i], "core") != 0)
			what = sc->core[i];
	if (what != NULL)
		snprintf(err, err_size,
			 "the scenario switches %s off, which works in virtual time only: take "
			 "the one without, or iwc run without --threads",
			 what);
	else if (iwc_section_bytes(&sc->channel) == 0u)
		snprintf(err, err_size, "channel: the geometry is not valid");
	else
		return true;
	return false;
}

static bool map_region(struct sim_rt *rt, int fd)
{
	size_t bytes = rt->section_bytes;

	for (unsigned i = 0; i < SIM_WORLDS; i++) {
		struct rt_world *w = &rt->world[i];
		void *own = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
				 (off_t)(i * bytes)),
		     *other =
			 mmap(NULL, bytes, PROT_READ, MAP_SHARED, fd, (off_t)((1u - i) * bytes));

		w->own = own != MAP_FAILED ? own : NULL;
		w->other = other != MAP_FAILED ? other : NULL;
		if (w->own == NULL || w->other == NULL)
			return false;
	}
	return true;
}

static bool make_region(struct sim_rt *rt)
{
	int fd = memfd_create("iwc-region", MFD_CLOEXEC);
	bool ok =
	    fd >= 0 && ftruncate(fd, (off_t)(2u * rt->section_bytes)) == 0 && map_region(rt, fd);

	if (fd >= 0)
		close(fd);
	return ok;
}

static bool make_cpu(struct rt_cpu *cpu, struct sim_rt *rt)
{
	cpu->rt = rt;
	cpu->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	return cpu->fd >= 0;
}

static bool make_world(struct sim_rt *rt, unsigned i, const struct sim_rt_client *client)
{
	struct rt_world *w = &rt->world[i];
	struct rt_cpu *cpu = &rt->cpu[rt->opt.cpus == SIM_RT_SHARED ? 0 : i];

	w->id = (enum sim_world_id)i;
	w->rt = rt;
	w->peer = &rt->world[1u - i];
	w->cpu = cpu;
	cpu->world[cpu->world_count++] = w;
	w->client = *client;
	w->port.ring = rt_ring;
	w->rx.buf = w->rx_buffer;
	w->next_id = 1;
	w->bell_due_ns = SIM_RT_NEVER;
	w->timer_ns = SIM_RT_NEVER;
	w->client_due_ns = SIM_RT_NEVER;
	w->hold_ns = rt->sc->world[i].start_ns + rt->sc->world[i].boot_ns;
	sim_rng_init(&w->rng, rt->opt.seed, 3000u + i);
	for (unsigned c = 0; c < rt->channel.class_count; c++)
		if (rt_ledger_create(&w->ledger[c], 1u << rt->channel.cls[c].lines_log2) != 0)
			return false;
	return true;
}

static bool make(struct sim_rt *rt, const struct sim_rt_client clients[SIM_WORLDS])
{
	bool ok = true;

	pthread_mutex_init(&rt->monitor.lock, NULL);
	pthread_mutex_init(&rt->status_lock, NULL);
	rt->rogue.fd = -1;
	for (unsigned i = 0; i < SIM_WORLDS; i++)
		rt->cpu[i].fd = -1;
	rt->cpu_count = rt->opt.cpus == SIM_RT_SHARED ? 1u : 2u;
	for (unsigned i = 0; i < rt->cpu_count; i++)
		ok = ok && make_cpu(&rt->cpu[i], rt);
	for (unsigned i = 0; i < SIM_WORLDS; i++)
		ok = ok && make_world(rt, i, &clients[i]);
	return ok && make_cpu(&rt->rogue, rt) && make_region(rt);
}

struct sim_rt *sim_rt_create(const struct scenario *sc, const struct sim_rt_options *opt,
			     const struct sim_rt_client clients[SIM_WORLDS], char *err,
			     size_t err_size)
{
	struct sim_rt *rt;

	if (!sim_rt_possible(sc, err, err_size))
		return NULL;
	rt = calloc(1, sizeof(*rt));
	if (rt == NULL) {
		snprintf(err, err_size, "out of memory for two worlds");
		return NULL;
	}
	rt->sc = sc;
	rt->opt = *opt;
	if (opt->observer != NULL)
		rt->observer = *opt->observer;
	rt->channel = sc->channel;
	/* Both drivers watch for a peer that lost its place: nothing else ends such a session. */
	if (rt->channel.stall_ns == 0u)
		rt->channel.stall_ns = rt->channel.backoff_max_ns;
	rt->section_bytes = iwc_section_bytes(&rt->channel);
	rt->origin_ns = sim_rt_now_ns(rt);
	if (!make(rt, clients)) {
		snprintf(err, err_size, "region and doorbells of two worlds: %s", strerror(errno));
		sim_rt_destroy(rt);
		return NULL;
	}
	return rt;
}

int sim_rt_start(struct sim_rt *rt, char *err, size_t err_size)
{
	int rc = 0;

	rt->origin_ns = 0;
	rt->origin_ns = sim_rt_now_ns(rt);
	rt_monitor_power_on(rt);
	rt_faults_power_on(rt);
	pthread_mutex_lock(&rt->status_lock);
	rt->running = true;
	pthread_mutex_unlock(&rt->status_lock);
	while (rc == 0 && rt->started < rt->cpu_count) {
		rc = pthread_create(&rt->cpu[rt->started].thread, NULL, run_cpu,
				    &rt->cpu[rt->started]);
		rt->started += rc == 0;
	}
	if (rc == 0 && rt->has_rogue) {
		rc = pthread_create(&rt->rogue.thread, NULL, rt_rogue_run, &rt->rogue);
		rt->rogue_started = rc == 0;
	}
	if (rc == 0)
		return 0;
	sim_rt_stop(rt);
	snprintf(err, err_size, "cannot start a thread for a world: %s", strerror(rc));
	return -1;
}

static void join(struct rt_cpu *cpu)
{
	rt_poke(cpu);
	pthread_join(cpu->thread, NULL);
}

void sim_rt_stop(struct sim_rt *rt)
{
	bool alive;

	__atomic_store_n(&rt->done, true, __ATOMIC_RELEASE);
	if (rt->rogue_started)
		join(&rt->rogue);
	rt->rogue_started = false;
	while (rt->started != 0u)
		join(&rt->cpu[--rt->started]);
	pthread_mutex_lock(&rt->status_lock);
	if (rt->running) {
		rt->running = false;
		alive = iwc_is_up(&rt->world[SIM_NS].ep) && iwc_is_up(&rt->world[SIM_S].ep) &&
			rt->world[SIM_NS].ep.epoch == rt->world[SIM_S].ep.peer_epoch &&
			rt->world[SIM_S].ep.epoch == rt->world[SIM_NS].ep.peer_epoch;
		for (unsigned i = 0; i < SIM_WORLDS; i++)
			rt_settle(&rt->world[i], alive ? rt_pair(&rt->world[i].ep) : 0u,
				  &rt->in_flight[i]);
	}
	pthread_mutex_unlock(&rt->status_lock);
}

void sim_rt_destroy(struct sim_rt *rt)
{
	if (rt == NULL)
		return;
	sim_rt_stop(rt);
	for (unsigned i = 0; i < SIM_WORLDS; i++) {
		struct rt_world *w = &rt->world[i];

		if (w->own != NULL)
			munmap(w->own, rt->section_bytes);
		if (w->other != NULL)
			munmap((void *)(uintptr_t)w->other, rt->section_bytes);
		for (unsigned c = 0; c < IWC_CLASSES_MAX; c++)
			rt_ledger_destroy(&w->ledger[c]);
		if (rt->cpu[i].fd >= 0)
			close(rt->cpu[i].fd);
	}
	if (rt->rogue.fd >= 0)
		close(rt->rogue.fd);
	pthread_mutex_destroy(&rt->monitor.lock);
	pthread_mutex_destroy(&rt->status_lock);
	free(rt);
}

void sim_rt_calm(struct sim_rt *rt)
{
	__atomic_store_n(&rt->calm, true, __ATOMIC_SEQ_CST);
	for (unsigned i = 0; i < rt->cpu_count; i++)
		rt_poke(&rt->cpu[i]);
}
