/* SPDX-License-Identifier: BSD-2-Clause */
/* dump_list.c - what there is to capture on, and what can be chosen: sentences {key=value}. */
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control.h"
#include "iwcdump.h"
#include "scenario_file.h"
#include "version.h"

/* The sentence ends at a brace, so a value has none. */
static void put_value(const char *text)
{
	for (; *text; text++)
		putchar(*text == '{' ? '(' : *text == '}' ? ')' : *text);
}

static void put_interface(const char *name, const char *tap, const char *display)
{
	fputs("interface {value=", stdout);
	put_value(name);
	put_value(tap);
	printf("}{display=Inter-world channel, %s", display);
	put_value(tap);
	puts("}");
}

int dump_interfaces(void)
{
	struct control_tap *taps = calloc(DUMP_TAPS_MAX, sizeof(*taps));
	unsigned count = taps ? control_list(taps, DUMP_TAPS_MAX) : 0;

	puts("extcap {version=" IWC_VERSION "}{display=Inter-world channel}");
	put_interface(DUMP_SIM, "", "simulated");
	put_interface(DUMP_TAP, "", "a running tap");
	for (unsigned i = 0; i < count; i++)
		put_interface(DUMP_TAP "-", taps[i].name, "tap ");
	free(taps);
	return CLI_OK;
}

int dump_dlts(const struct dump_args *args)
{
	(void)args;
	puts("dlt {number=1}{name=EN10MB}{display=Ethernet, and events}");
	return CLI_OK;
}

const char *dump_default_scenario(const struct cli_scenarios *s)
{
	for (unsigned i = 0; i < s->count; i++)
		if (strcmp(s->name[i], "warning-sign") == 0)
			return s->name[i];
	return s->count ? s->name[0] : NULL;
}

static void put_scenario(const struct cli_scenarios *s, unsigned i, const char *chosen)
{
	struct scenario *sc = calloc(1, sizeof(*sc));
	char *path = cli_scenarios_path(s, i);
	char err[1024];
	bool titled = sc && path && scenario_load(sc, path, NULL, 0, err, sizeof(err)) == 0;

	fputs("value {arg=0}{value=", stdout);
	put_value(s->name[i]);
	fputs("}{display=", stdout);
	put_value(s->name[i]);
	if (titled) {
		fputs(": ", stdout);
		put_value(sc->title);
	}
	printf("}{default=%s}\n", strcmp(s->name[i], chosen) == 0 ? "true" : "false");
	free(path);
	free(sc);
}

static int config_sim(void)
{
	const struct cli_args none = {0};
	struct cli_scenarios s = {0};

	puts("arg {number=0}{call=--scenario}{display=Scenario}{type=selector}"
	     "{tooltip=What is simulated}");
	puts("arg {number=1}{call=--file}{display=Or a scenario file}{type=fileselect}"
	     "{mustexist=true}{tooltip=A scenario of your own; it comes before the list}");
	puts("arg {number=2}{call=--seed}{display=Seed}{type=string}{placeholder=the scenario's}"
	     "{tooltip=The same scenario and seed give the same frames}");
	puts("arg {number=3}{call=--speed}{display=Speed}{type=string}{default=1}"
	     "{tooltip=Virtual seconds in a real one: 0.01 is slow motion, 0 as fast as it goes}");
	puts("arg {number=4}{call=--loop}{display=Run again and again}{type=boolflag}"
	     "{default=false}{tooltip=With the next seed each time, until the capture is stopped}");
	if (!cli_scenarios_there(&none))
		return CLI_OK;
	if (cli_scenarios_open(&none, &s) != CLI_OK)
		return CLI_FAILED;
	for (unsigned i = 0; i < s.count; i++)
		put_scenario(&s, i, dump_default_scenario(&s));
	cli_scenarios_close(&s);
	return CLI_OK;
}

static int config_tap(void)
{
	struct control_tap *taps = calloc(DUMP_TAPS_MAX, sizeof(*taps));
	unsigned count = taps ? control_list(taps, DUMP_TAPS_MAX) : 0;

	printf("arg {number=0}{call=--control}{display=Tap}{type=%s}"
	       "{tooltip=Name of a running 'iwc tap', or the path of its control socket}\n",
	       count ? "selector" : "string");
	for (unsigned i = 0; i < count; i++) {
		fputs("value {arg=0}{value=", stdout);
		put_value(taps[i].path);
		fputs("}{display=", stdout);
		put_value(taps[i].name);
		printf("}{default=%s}\n", i == 0 ? "true" : "false");
	}
	free(taps);
	return CLI_OK;
}

int dump_config(const struct dump_args *args)
{
	if (strcmp(args->interface, DUMP_SIM) == 0)
		return config_sim();
	return dump_tap_name(args->interface) ? CLI_OK : config_tap();
}

int dump_check_filter(const struct dump_args *args)
{
	pcap_t *dead = pcap_open_dead(DLT_EN10MB, 65535);
	struct bpf_program program;

	if (!dead) {
		dump_error("out of memory");
		return CLI_FAILED;
	}
	if (pcap_compile(dead, &program, args->filter, 1, PCAP_NETMASK_UNKNOWN) == 0)
		pcap_freecode(&program);
	else
		printf("%s\n", pcap_geterr(dead));
	pcap_close(dead);
	return CLI_OK;
}
