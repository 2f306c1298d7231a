/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* main.c: finds the command and runs it. */
#include "cli.h"

#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

static const cli_command_t commands[] = {
    {"solve", "PROBLEM", "one problem file", "find and prove the KKT points, and whether they are all there are",
     "Finds the KKT points of N(u) = sum_i z_i H(x_i; u) on the unit sphere, proves\n"
     "each of them, and says whether the list is proved complete and why.\n",
     "The table shows the Z-eigenlines of the data tensor (each unit of a KKT point\n"
     "lies on one of them), the exact number of KKT points with lambda > 0, and the\n"
     "orbits of largest lambda. \"strict\" points attract training; \"gap\" is their\n"
     "spectral gap. The last digit of a number may be off by one; --json gives\n"
     "rigorous enclosures. `man ncf` explains every column.\n"
     "\n"
     "Exit status: 0 all is proved; 1 something is undecided (the table says what and\n"
     "why); 2 usage; 3 bad input; 4 a limit was reached; 5 a system call failed.\n"
     "\n"
     "Examples:\n"
     "  ncf solve problem.json\n"
     "  ncf solve --json --output=result.json problem.json\n"
     "  ncf solve --threads=2 --time-limit=60 --digits=20 problem.json\n",
     cli_solve},
    {"certify", "PROBLEM POINTS", "a problem file and a file of points",
     "prove KKT points near weights of your own",
     "Takes weights of your own, such as those of a trained network: for each row of\n"
     "POINTS it looks for a KKT point nearby, proves that it exists and is the only\n"
     "one in a box, and says how far the row is from it. Rows are scaled to length 1.\n",
     "POINTS is an NPY array, a CSV file with one row a candidate, a JSON list of\n"
     "rows, or a result document; or what another program found for a system of ncf\n"
     "export. A row holds all weights in the order of PyTorch's\n"
     "parameters: layer by layer, each matrix (out x in) row by row; in Python:\n"
     "numpy.concatenate([p.detach().numpy().ravel() for p in net.parameters()]).\n"
     "\n"
     "\"proved\": a KKT point is proved within --distance of the candidate;\n"
     "\"elsewhere\": one is proved, but farther away; \"undecided\": nothing is proved.\n"
     "\n"
     "Exit status: 0 every candidate is proved, with its second order and its orbit;\n"
     "1 something is elsewhere or undecided (the table says what and why); 2 usage;\n"
     "3 bad input; 4 a limit was reached; 5 a system call failed.\n"
     "\n"
     "Examples:\n"
     "  ncf certify examples/certify.json examples/certify.csv\n"
     "  ncf certify --json --digits=20 examples/certify.json examples/certify.csv\n"
     "  ncf solve --json examples/plane.json | ncf certify examples/plane.json -\n",
     cli_certify},
    {"match", "PROBLEM TRAJECTORY", "a problem file and a trajectory",
     "say to which KKT point a trajectory of training turns",
     "Takes weights of your own at successive moments of a training from small weights,\n"
     "finds the early phase, in which they follow the gradient of N, proves the KKT\n"
     "point to which they turn, and proves a cap of directions that it attracts.\n",
     "TRAJECTORY is an NPY array or a CSV file, one row a moment: the weights in the\n"
     "order of PyTorch's parameters, or the time and the weights (n + 1 columns), or\n"
     "these and loss, norm and N (n + 4 columns). Times are those of the gradient flow:\n"
     "learning rate times steps, for a loss that is a sum over the points.\n"
     "\n"
     "\"MATCHED\": the early phase ends in the certified cap of a point with lambda > 0;\n"
     "\"ZERO\": the weights shrink; \"UNMATCHED\": neither, with the reason;\n"
     "\"AMBIGUOUS\": the early phase was in the cap and left it.\n"
     "\n"
     "Exit status: 0 matched; 1 not matched (the table says why); 2 usage; 3 bad input;\n"
     "4 a limit was reached; 5 a system call failed.\n"
     "\n"
     "Examples:\n"
     "  ncf match examples/match.json examples/match.csv\n"
     "  ncf match --json examples/match.json examples/match.csv\n",
     cli_match},
    {"flow", "PROBLEM", "one problem file",
     "follow training from small weights to the KKT point that it turns to",
     "Integrates a gradient flow from w(0) = delta w_0, |w_0| = 1: a random direction,\n"
     "or that of --initial. Writes the trajectory, proves the KKT point to which the\n"
     "weights turn, and says when they enter its certified cap of attraction.\n",
     "While the weights are small they follow the gradient of N: this is the early\n"
     "phase, in which the direction converges and the length stays near delta; it lasts\n"
     "about as long as the gradients of the loss and of N differ by less than a tenth.\n"
     "tau = t delta^(L-2) is the rescaled time, L the degree of H: in tau the early\n"
     "phase is the same for every small delta. A smaller delta makes it longer in t.\n"
     "\n"
     "--kind: training follows the loss, ncf the gradient of N, sphere the direction of\n"
     "that alone, and descent takes steps of size --step, as experiments do.\n"
     "\n"
     "--until is a list, separated by commas; the first condition that is met ends the\n"
     "run: tau=X or time=X; norm=X (|w| reaches X); loss=X (it falls to X); escape (it\n"
     "falls to half of that at the start); plateau or plateau=X (the gradient falls to\n"
     "X, or to a thousandth of |grad N(w_0)|); cap (in the certified cap).\n"
     "Default: escape,plateau. Weights that shrink to delta/1000 end the run as well.\n"
     "\n"
     "The files have the columns time, weights, loss, norm and N, and `ncf match` reads\n"
     "them. Their names begin with that of the problem and -flow, in this folder.\n"
     "\n"
     "--runs=N follows N random starts as far as the early phase goes, and says which\n"
     "KKT points attract them and what share of the sphere that is; --run=K repeats one.\n"
     "\n"
     "\"MATCHED\" needs two integrators that end in the same cap and a loss that falls\n"
     "all the time; \"ZERO\", \"UNMATCHED\" and \"AMBIGUOUS\" as for ncf match.\n"
     "\n"
     "--prove: two theorems on w_0 in the place of a run, each with all its constants:\n"
     "that the flow of N converges in direction to a certified point, and that for EVERY\n"
     "delta up to delta_0 training from delta w_0 comes within --angle of that point.\n"
     "\n"
     "Exit status: 0 matched, or both proved; 1 not (the table says why); 2 usage; 3 bad\n"
     "input; 4 a limit was reached; 5 a system call failed.\n"
     "\n"
     "Examples:\n"
     "  ncf flow examples/quickstart.json\n"
     "  ncf flow --delta=1e-6 --reference examples/quickstart.json\n"
     "  ncf flow --runs=50 --delta=1e-6 examples/quickstart.json\n"
     "  ncf flow --kind=sphere --seed=7 --trajectory=none examples/deep-square.json\n"
     "  ncf flow --kind=descent --step=0.01 --until=tau=0.31 examples/quickstart.json\n"
     "  ncf flow --prove examples/quickstart.json\n",
     cli_flow},
    {"export", "PROBLEM", "one problem file",
     "write the exact KKT system as input of another program",
     "Writes the system of polynomial equations that KKT points solve, with exact\n"
     "coefficients and without those of lambda = 0, as an input file of --format:\n"
     "msolve, singular, phcpack, macaulay2, bertini, julia (HomotopyContinuation).\n",
     "--system says which equations; all have as many unknowns as equations:\n"
     "fixed-point (default where H is homogeneous of degree L >= 3): grad N(z) = z.\n"
     "  Its real solutions z != 0 are the points with lambda > 0: u = z/|z|.\n"
     "kkt (default elsewhere): grad N(u) = lam u, |u|^2 = 1, s lam = 1. Its real\n"
     "  solutions are the points with lambda != 0.\n"
     "eigen (two layers, activation t^p): T q^(p-1) = mu q, |q|^2 = 1, s mu = 1 in the\n"
     "  inputs alone: the lines of which all KKT points are made.\n"
     "The header of the file says what the unknowns mean and how to run the program;\n"
     "for msolve, whose files hold no comments, it goes to standard error.\n"
     "\n"
     "`ncf certify PROBLEM FOUND` proves what the program found: it reads the output\n"
     "of phc -b and msolve, what the exported files of Singular, Macaulay2 and Julia\n"
     "write, and the solution files of Bertini; --solutions=PROGRAM if it cannot.\n"
     "\n"
     "Exit status: 0 done; 2 usage; 3 bad input, or a network that is too large; 5 a\n"
     "system call failed.\n"
     "\n"
     "Examples:\n"
     "  ncf export --format=msolve --output=system.ms examples/quickstart.json\n"
     "  ncf export --format=phcpack --system=eigen examples/quartic.json\n"
     "  ncf certify examples/quartic.json examples/quartic-phc.out\n",
     cli_export},
    {"info", "PROBLEM", "one problem file",
     "describe a problem: degrees, symmetries, the exact polynomial",
     "Describes a problem without solving it: widths, activations, the degree of H in\n"
     "each layer, the symmetry group, and the exact polynomial N(u) when it is small.\n",
     "Exit status: 0 done; 2 usage; 3 bad input; 4 interrupted; 5 a system call\n"
     "failed.\n"
     "\n"
     "Examples:\n"
     "  ncf info problem.json\n"
     "  ncf info --json problem.json\n",
     cli_info},
    {"plot", "FILE...", "one or more files", "draw a result or a trajectory",
     "Draws what ncf wrote with --json, or a trajectory of training, as SVG, PNG or PDF.\n"
     "gnuplot does the drawing. A picture says what in it is proved.\n",
     "FILE is a result document or a table in JSON, or a trajectory (.csv, .npy) with\n"
     "--problem, which is then matched as by `ncf match`. Several files share one picture of the kinds\n"
     "training and angle.\n"
     "\n"
     "Kinds: \"training\", loss and norm against time with the growth at the certified\n"
     "lambda; \"angle\", to the matched point, with its certified cap; \"weights\", |W_l|\n"
     "before and after the escape, or at KKT points; \"profile\", N of one unit on the\n"
     "circle (2 inputs) or the sphere (3) with its critical lines; \"census\", KKT points\n"
     "by index and by lambda; \"table\", a --quantity of `ncf table --json` --against an\n"
     "axis of its grid, marked by what is proved, or with --kind=census its points by\n"
     "index. Without --kind the file decides.\n"
     "\n"
     "Exit status: 0 done; 2 usage; 3 bad input; 4 interrupted; 5 a system call or\n"
     "gnuplot failed.\n"
     "\n"
     "Examples:\n"
     "  ncf solve --json --output=result.json examples/quickstart.json\n"
     "  ncf plot --output=profile.svg result.json\n"
     "  ncf plot --kind=census --output=census.pdf result.json\n"
     "  ncf plot --problem=examples/match.json --output=training.png examples/match.csv\n",
     cli_plot},
    {"report", "FILE...", "one or more files", "write a report of results as one HTML file",
     "Writes one HTML file with all that the documents say: tables, pictures by gnuplot,\n"
     "and where everything comes from. It needs no network and no other file.\n",
     "FILE is as for `ncf plot`: a result document, or a trajectory with --problem.\n"
     "\n"
     "Exit status: 0 done; 2 usage; 3 bad input; 4 interrupted; 5 a system call or\n"
     "gnuplot failed.\n"
     "\n"
     "Examples:\n"
     "  ncf solve --json --output=result.json examples/quickstart.json\n"
     "  ncf report --output=report.html result.json\n",
     cli_report},
    {"table", "STUDY", "one study file", "run a study of many problems and make its table",
     "Runs all cases of a study: a problem, a grid of what is varied, and the quantities\n"
     "wanted. Finished cases are kept in a folder, so that a run that was stopped goes on\n"
     "where it was, and no case is ever run twice.\n",
     "STUDY is a JSON file; `man ncf-study` describes it. Every case is a row, or counts\n"
     "in one, also when it failed, stayed undecided or was not run. Below the table stands\n"
     "what was proved, what was searched, and the command that makes it again.\n"
     "\n"
     "--output may be given several times; without --format its ending tells the format:\n"
     ".csv, .md, .tex, .json, else text. --store may be given several times to join what\n"
     "several machines have done: records are written to the first one.\n"
     "\n"
     "Exit status: 0 every case is proved, or its flows are matched; 1 some case is\n"
     "undecided, failed or missing;\n"
     "2 usage; 3 bad input; 4 a limit was reached; 5 a system call failed.\n"
     "\n"
     "Examples:\n"
     "  ncf table examples/studies/identities.json\n"
     "  ncf table --shard=1/2 --store=half.store examples/studies/identities.json\n"
     "  ncf table --output=i.tex --output=i.csv examples/studies/identities.json\n",
     cli_table},
};

#define COMMAND_COUNT (sizeof(commands) / sizeof(commands[0]))

/* Commands of the contract that later versions bring. */
static const char *const planned[] = {"escape", "margin", NULL};

const cli_command_t *cli_find_command(const char *name)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    }
    return NULL;
}

void cli_print_help(FILE *stream)
{
    fputs("Usage: ncf COMMAND [OPTION]... PROBLEM [FILE]\n"
          "\n"
          "Finds, and proves, where neural networks go when they are trained from small\n"
          "weights: the KKT points of the neural correlation function of a data set.\n"
          "\n"
          "Commands:\n",
          stream);
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        fprintf(stream, "  %-8s %s\n", commands[i].name, commands[i].summary);
    fputs("\n"
          "PROBLEM is a JSON file that names a network and its data; \"-\": standard input.\n"
          "`ncf COMMAND --help` explains a command, `man ncf` and `man ncf-problem` the\n"
          "rest. `ncf --version` shows the versions of ncf and its libraries.\n"
          "A first example: ncf solve examples/quickstart.json\n",
          stream);
}

void cli_print_version(FILE *stream)
{
    static const char *const names[] = {"gmp", "mpfr", "flint", "arb", "jansson"};
    fprintf(stream, "ncf %s\n", ncf_version());
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        fprintf(stream, "%s %s\n", names[i], ncf_library_version(names[i]));
    fputs("License LGPL-3.0-or-later; there is no warranty.\n", stream);
}

int cli_fail(int status, const char *format, ...)
{
    va_list arguments;
    fputs("ncf: ", stderr);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    return status;
}

int cli_fail_with(const ncf_error_t *err)
{
    ncf_error_print(stderr, "ncf", err);
    return ncf_status_exit(err->status);
}

static int unknown_command(const char *name)
{
    for (int i = 0; planned[i] != NULL; i++) {
        if (strcmp(planned[i], name) == 0)
            return cli_fail(EXIT_USAGE, "the command '%s' is not supported yet", name);
    }
    return cli_fail(EXIT_USAGE, "'%s' is not a command; see ncf --help", name);
}

/*
 * A descriptor that is closed would be given to the next file that is opened, which
 * messages could then overwrite. These refuse what the stream is for.
 */
static void fill_closed_streams(void)
{
    static const int modes[] = {O_WRONLY, O_RDONLY, O_RDONLY};
    for (int i = 0; i < 3; i++) {
        if (fcntl(i, F_GETFD) == -1 && open("/dev/null", modes[i]) != i)
            _exit(EXIT_SYSTEM);
    }
}

/*
 * OpenBLAS, where it stands behind LAPACK, would start threads beside those of --threads,
 * which spin: on matrices of a hundred rows they cost more than they give.
 */
extern void openblas_set_num_threads(int count) __attribute__((weak));

static void keep_blas_serial(void)
{
    if (openblas_set_num_threads != NULL)
        openblas_set_num_threads(1);
}

int main(int argc, char **argv)
{
    fill_closed_streams();
    keep_blas_serial();
    /* A closed pipe is then an error of the write. */
    signal(SIGPIPE, SIG_IGN);
    /* So is a file that has become as large as the shell allows. */
    signal(SIGXFSZ, SIG_IGN);
    if (argc < 2)
        return cli_fail(EXIT_USAGE, "a command is missing; see ncf --help");
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
        cli_print_help(stdout);
        return cli_output_flush();
    }
    if (strcmp(argv[1], "--version") == 0) {
        cli_print_version(stdout);
        return cli_output_flush();
    }
    const cli_command_t *command = cli_find_command(argv[1]);
    if (command == NULL)
        return unknown_command(argv[1]);
    cli_options_t options;
    int status = cli_parse_options(&options, command, argc - 1, argv + 1);
    return status >= 0 ? status : command->run(&options);
}
