"""The pages, and what each is called."""

from django.contrib import admin
from django.contrib.auth import views as auth
from django.urls import path

from firm import views

urlpatterns = [
    path("", views.morning, name="morning"),
    path("clients/", views.companies, name="companies"),
    path("clients/<organisation>/", views.company, name="company"),
    path("clients/<organisation>/diligences/", views.diligences, name="diligences"),
    path("clients/<organisation>/cloture/", views.close, name="close"),
    path("dossiers/<case_id>/fait/", views.tell, name="tell"),
    path("dossiers/<case_id>/retrait/", views.take_back, name="take_back"),
    path("dossiers/<case_id>/reouverture/", views.reopen, name="reopen"),
    path("demandes/nouvelle/", views.ask, name="ask"),
    path("premier-jour/", views.first_day, name="first_day"),
    path("premier-jour/ligne/", views.take_over, name="take_over"),
    path("connexion/", auth.LoginView.as_view(), name="login"),
    path("deconnexion/", auth.LogoutView.as_view(next_page="login"), name="logout"),
    path("admin/", admin.site.urls),
]
