from backbone.queries.demo import demo_people, demo_results_address, demo_survey_address


def demo(request):
    """What the sign-in page offers of the demo: callables, so that other pages ask the database nothing."""
    return {
        "demo_people": lambda: demo_people(request),
        "demo_results_address": lambda: demo_results_address(request),
        "demo_survey_address": lambda: demo_survey_address(request),
    }
